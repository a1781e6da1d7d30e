package org.epmpulse.status;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long the runs of a domain usually take: the last {@value #RUNS} that ended OK. Percentiles are by nearest rank, in
 * whole seconds. Immutable.
 */
public final class DurationStatistics {

    /** Older runs are forgotten. */
    public static final int RUNS = 20;

    /** With fewer runs nothing is said. */
    public static final int MIN_RUNS = 5;

    /** No run is known. */
    public static final DurationStatistics UNKNOWN = new DurationStatistics(new int[0]);

    private final int[] seconds;
    private final int median;
    private final int limit;

    private DurationStatistics(int[] seconds) {
        this.seconds = seconds;
        int[] sorted = seconds.clone();
        Arrays.sort(sorted);
        this.median = percentile(sorted, 50);
        this.limit = percentile(sorted, 95);
    }

    /** Of these runs, the oldest first, in seconds, 0 or more each. */
    public static DurationStatistics of(int... seconds) {
        int from = Math.max(0, seconds.length - RUNS);
        return seconds.length == 0
                ? UNKNOWN
                : new DurationStatistics(Arrays.copyOfRange(seconds, from, seconds.length));
    }

    private static int percentile(int[] sorted, int percent) {
        int rank = (sorted.length * percent + 99) / 100;
        return rank == 0 ? 0 : sorted[rank - 1];
    }

    /** With one more run. */
    DurationStatistics and(long durationSec) {
        int[] more = Arrays.copyOf(seconds, seconds.length + 1);
        more[seconds.length] = (int) Math.min(Integer.MAX_VALUE, durationSec);
        return of(more);
    }

    /** The runs it is made of, the oldest first, in seconds. */
    public int[] seconds() {
        return seconds.clone();
    }

    /** The median, in seconds; null if fewer than {@value #MIN_RUNS} runs are known. */
    public @Nullable Long usualSec() {
        return isKnown() ? (Long) (long) median : null;
    }

    /** When a run should end; null unless the domain is Loading and enough runs are known. */
    public @Nullable Instant eta(DomainStatus domain) {
        return after(domain, median);
    }

    /** From when on a run is overdue, that is longer than the 95th percentile; null where {@link #eta} is. */
    public @Nullable Instant overdueAt(DomainStatus domain) {
        return after(domain, limit);
    }

    /** Whether a run takes longer than 95 of 100 do. */
    public boolean overdue(DomainStatus domain, Instant now) {
        Instant at = overdueAt(domain);
        return at != null && at.isBefore(now);
    }

    private @Nullable Instant after(DomainStatus domain, int sec) {
        Instant started = domain.started();
        return isKnown() && domain.status() == Status.LOADING && started != null ? started.plusSeconds(sec) : null;
    }

    private boolean isKnown() {
        return seconds.length >= MIN_RUNS;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DurationStatistics that && Arrays.equals(seconds, that.seconds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(seconds);
    }

    @Override
    public String toString() {
        return Arrays.toString(seconds);
    }
}
