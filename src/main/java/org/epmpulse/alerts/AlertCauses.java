package org.epmpulse.alerts;

import java.util.List;
import java.util.Map;
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
        public Map<DomainId, List<DomainId>> affected() {
            return Map.of();
        }
    };

    /** The domains that a domain waits for by its rule, without those that these wait for. */
    List<DomainId> upstream(DomainId id);

    /** The domains that have a problem now because they wait, directly or by others, by the domain that is the cause. */
    Map<DomainId, List<DomainId>> affected();
}
