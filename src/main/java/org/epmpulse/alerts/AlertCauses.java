package org.epmpulse.alerts;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.status.DomainId;

/** Which domains have a problem because of another one's, by the rules of the close. Thread-safe. */
public interface AlertCauses {

    /** No domain waits for another one. */
    AlertCauses NONE = new AlertCauses() {
        @Override
        public List<DomainId> upstream(DomainId id) {
            return List.of();
        }

        @Override
        public List<DomainId> waitingFor(DomainId id) {
            return List.of();
        }

        @Override
        public Related related(Set<DomainId> reported) {
            return Related.NONE;
        }
    };

    /** The domains that a domain waits for by its rule, without those that these wait for. */
    List<DomainId> upstream(DomainId id);

    /** Those of them for which it waits now. */
    List<DomainId> waitingFor(DomainId id);

    /** What has to do with the problems of these domains now. */
    Related related(Set<DomainId> reported);

    /**
     * What has to do with problems that are reported.
     *
     * @param affected the domains that have a problem because they wait, directly or by others, by the first of the
     *     reported ones for which they wait
     * @param causes the root causes, by the reported domains that wait for one
     */
    record Related(Map<DomainId, List<DomainId>> affected, Map<DomainId, AlertCause> causes) {

        static final Related NONE = new Related(Map.of(), Map.of());

        public Related {
            affected = Map.copyOf(affected);
            causes = Map.copyOf(causes);
        }
    }
}
