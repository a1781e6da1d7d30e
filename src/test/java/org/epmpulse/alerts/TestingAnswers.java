package org.epmpulse.alerts;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.epmpulse.status.DomainId;

/** Answers that a test gives. Thread-safe. */
final class TestingAnswers implements AlertAnswers {

    final Set<DomainId> muted = ConcurrentHashMap.newKeySet();
    final Set<DomainId> acknowledged = ConcurrentHashMap.newKeySet();

    @Override
    public boolean isMuted(DomainId domain, Instant now) {
        return muted.contains(domain);
    }

    @Override
    public boolean isAcknowledged(DomainId domain, Instant now) {
        return acknowledged.contains(domain);
    }
}
