package org.epmpulse.security;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Submission;
import org.epmpulse.store.RecordedElsewhere;
import org.jspecify.annotations.Nullable;

/**
 * Limits the requests of each key per minute; updates that other nodes have recorded count, too. Thread-safe; stores one
 * entry a key.
 */
public final class RateLimits implements RecordedElsewhere {

    public static final int READS_PER_MINUTE = 600;
    static final int SYNCS_PER_MINUTE = 10;

    private final TimeMeter time;
    private final int updatesPerMinute;
    private final Map<String, Bucket> updates = new ConcurrentHashMap<>();
    private final Map<String, Bucket> reads = new ConcurrentHashMap<>();
    private final Map<String, Bucket> syncs = new ConcurrentHashMap<>();

    /**
     * @param updatesPerMinute for each key; each item of a batch counts. 0 for no limit
     * @param steady a clock that is never set
     */
    public RateLimits(int updatesPerMinute, InstantSource steady) {
        this.updatesPerMinute = updatesPerMinute;
        this.time = new ClockMeter(steady);
    }

    /**
     * Charges a key for updates. A batch larger than the limit costs the limit of one minute; otherwise it could never
     * be sent.
     *
     * @throws RateLimitedException if the key has to wait
     */
    public void updates(Submission submission, Map<String, Object> headers) {
        if (updatesPerMinute == 0) {
            return;
        }
        charge(Math.min(submission.updates().size(), updatesPerMinute), headers);
    }

    /**
     * Charges a key for an answer to alerts, as for an update.
     *
     * @throws RateLimitedException if the key has to wait
     */
    public void answer(Map<String, Object> headers) {
        if (updatesPerMinute > 0) {
            charge(1, headers);
        }
    }

    private void charge(int cost, Map<String, Object> headers) {
        Duration wait = charge(updates, CallerHeaders.key(headers), updatesPerMinute, cost);
        if (wait != null) {
            throw new RateLimitedException("more than " + updatesPerMinute + " updates a minute", wait);
        }
    }

    /**
     * Charges a key for what another node has recorded, also beyond the limit, so that all nodes together allow the limit.
     * A key owes one minute's limit at most.
     */
    @Override
    public void recorded(String key, int count) {
        if (updatesPerMinute == 0) {
            return;
        }
        Bucket bucket = bucket(updates, key, updatesPerMinute);
        long most = bucket.getAvailableTokens() + updatesPerMinute;
        if (most > 0) {
            bucket.consumeIgnoringRateLimits(Math.min(count, most));
        }
    }

    /**
     * Charges a key for a canvas sync.
     *
     * @throws RateLimitedException if the key has to wait
     */
    public void sync(Map<String, Object> headers) {
        Duration wait = charge(syncs, CallerHeaders.key(headers), SYNCS_PER_MINUTE, 1);
        if (wait != null) {
            throw new RateLimitedException("more than " + SYNCS_PER_MINUTE + " calls a minute", wait);
        }
    }

    /** Charges a key for a read; null if it is allowed, else the time to wait. */
    public @Nullable Duration read(String key) {
        return charge(reads, key, READS_PER_MINUTE, 1);
    }

    private @Nullable Duration charge(Map<String, Bucket> buckets, @Nullable String key, int perMinute, int cost) {
        Bucket bucket = bucket(buckets, key == null ? "" : key, perMinute);
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(cost);
        return probe.isConsumed() ? null : Duration.ofNanos(probe.getNanosToWaitForRefill());
    }

    private Bucket bucket(Map<String, Bucket> buckets, String key, int perMinute) {
        return buckets.computeIfAbsent(key, name -> bucket(perMinute));
    }

    private Bucket bucket(int perMinute) {
        Bandwidth limit = Bandwidth.builder()
                .capacity(perMinute)
                .refillGreedy(perMinute, Duration.ofMinutes(1))
                .build();
        return Bucket.builder().addLimit(limit).withCustomTimePrecision(time).build();
    }

    private record ClockMeter(InstantSource clock) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            Instant now = clock.instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
