package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * What people are told about a domain. Immutable. A digest has no app and no domain of its own, but the {@code alerts}
 * of several.
 *
 * @param id of the problem: the same in all of its alerts, of all sinks; of a digest another one each time
 * @param again whether another run failed before the domain was OK again
 * @param app its id; empty in a digest
 * @param appName its name for people; empty in a digest
 * @param domain empty in a digest
 * @param job null if the update had none
 * @param message null if the update had none
 * @param time when it happened
 * @param since when the problem began, or the deadline
 * @param duration from the beginning of the problem to this alert, 0 or more
 * @param runs number of failed runs that it reports, 1 or more: several if earlier failures were not sent yet
 * @param affected domains that have a problem because they wait for this one; empty in a recovery and a digest
 * @param cause the root cause if it is another domain's problem; else null, as in a recovery and a digest
 * @param links addresses by their names, such as {@code board}
 * @param alerts those of a digest, else empty
 */
public record Alert(
        String id,
        AlertKind kind,
        boolean again,
        String app,
        String appName,
        String domain,
        @Nullable String job,
        @Nullable String message,
        Instant time,
        Instant since,
        Duration duration,
        int runs,
        List<DomainId> affected,
        @Nullable AlertCause cause,
        Map<String, String> links,
        List<Alert> alerts) {

    private static final int MAX_NAMES = 100;

    public Alert {
        affected = List.copyOf(affected);
        links = Map.copyOf(links);
        alerts = List.copyOf(alerts);
    }

    /** The names of the first 100 affected domains, such as {@code FCCS/Consolidation}. */
    public List<String> affectedNames() {
        return affected.stream().limit(MAX_NAMES).map(DomainId::toString).toList();
    }

    /** The domain with its application. */
    public DomainId domainId() {
        return new DomainId(app, domain);
    }

    /** Whether something is wrong; false for a recovery and for a digest. */
    public boolean isProblem() {
        return kind != AlertKind.RECOVERED && kind != AlertKind.DIGEST;
    }
}
