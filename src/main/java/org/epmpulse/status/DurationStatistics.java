package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of a domain's last {@value #RUNS} runs that ended OK: the typical duration is the median of their
 * durations, and a run is overdue after their 95th percentile. Percentiles are by nearest rank, in whole seconds. It
 * also has the ends of the last {@value #RUNS} runs that ended OK, those without a known start included. Immutable.
 */
public final class DurationStatistics {

    /** Older runs are dropped. */
    public static final int RUNS = 20;

    /** With fewer runs there is neither a typical duration nor an overdue time. */
    public static final int MIN_RUNS = 5;

    /** No successful run. */
    public static final DurationStatistics UNKNOWN = new DurationStatistics(new int[0], new long[0]);

    /** A longer run counts in no statistics: a clock was wrong, or an end was never reported. */
    public static final Duration MAX = Duration.ofDays(31);

    private final int[] seconds;

    /** In seconds since 1970, in the order of the updates. */
    private final long[] ends;

    /**
     * Null until the first read: most runs are followed by another one before that. Threads may compute it at the same
     * time; that needs no lock because it is immutable and the same for all of them.
     */
    private @Nullable Percentiles percentiles;

    private record Percentiles(int median, int percentile80, int percentile95) {

        static Percentiles of(int[] seconds) {
            int[] sorted = seconds.clone();
            Arrays.sort(sorted);
            return new Percentiles(at(sorted, 50), at(sorted, 80), at(sorted, 95));
        }

        private static int at(int[] sorted, int percent) {
            return sorted[(sorted.length * percent + 99) / 100 - 1];
        }
    }

    private DurationStatistics(int[] seconds, long[] ends) {
        this.seconds = seconds;
        this.ends = ends;
    }

    private DurationStatistics(DurationStatistics durations, long[] ends) {
        this.seconds = durations.seconds;
        this.percentiles = durations.percentiles;
        this.ends = ends;
    }

    /**
     * The statistics of these runs.
     *
     * @param seconds durations of the runs, the oldest first; negative ones and those above {@link #MAX} are ignored
     */
    public static DurationStatistics of(int... seconds) {
        int[] counted =
                Arrays.stream(seconds).filter(DurationStatistics::counts).toArray();
        int from = Math.max(0, counted.length - RUNS);
        return counted.length == 0
                ? UNKNOWN
                : new DurationStatistics(Arrays.copyOfRange(counted, from, counted.length), UNKNOWN.ends);
    }

    /**
     * These durations with the ends of the last runs.
     *
     * @param newEnds in seconds since 1970, the first update first; only the last {@value #RUNS} are kept
     */
    public DurationStatistics withEnds(long... newEnds) {
        int from = Math.max(0, newEnds.length - RUNS);
        return newEnds.length == 0 && seconds.length == 0
                ? UNKNOWN
                : new DurationStatistics(this, Arrays.copyOfRange(newEnds, from, newEnds.length));
    }

    private static boolean counts(long sec) {
        return sec >= 0 && sec <= MAX.toSeconds();
    }

    /** Adds the duration of one more run, in seconds, unless it is negative or above {@link #MAX}. */
    DurationStatistics withRun(long durationSec) {
        if (!counts(durationSec)) {
            return this;
        }
        int kept = Math.min(seconds.length, RUNS - 1);
        int[] more = new int[kept + 1];
        System.arraycopy(seconds, seconds.length - kept, more, 0, kept);
        more[kept] = (int) durationSec;
        return new DurationStatistics(more, ends);
    }

    /** Adds the end of one more run that ended OK. */
    DurationStatistics withEnd(Instant end) {
        int kept = Math.min(ends.length, RUNS - 1);
        long[] more = new long[kept + 1];
        System.arraycopy(ends, ends.length - kept, more, 0, kept);
        more[kept] = end.getEpochSecond();
        return new DurationStatistics(this, more);
    }

    /** The durations of the runs, the oldest first, in seconds. */
    public int[] seconds() {
        return seconds.clone();
    }

    /** Without the last end, because the run has failed after all. */
    DurationStatistics withoutLastEnd() {
        return withEnds(Arrays.copyOf(ends, Math.max(0, ends.length - 1)));
    }

    /** The ends of the runs, in seconds since 1970, in the order of their updates. */
    public long[] ends() {
        return ends.clone();
    }

    /** When the last run ended that ended OK, in whole seconds; null if none is known. */
    public @Nullable Instant lastEnd() {
        return ends.length == 0 ? null : Instant.ofEpochSecond(ends[ends.length - 1]);
    }

    /** The 80th percentile, in seconds; null if fewer than {@value #MIN_RUNS} runs are known. */
    public @Nullable Long pessimisticSec() {
        return isKnown() ? (Long) (long) percentiles().percentile80() : null;
    }

    /** The median, in seconds; null if fewer than {@value #MIN_RUNS} runs are known. */
    public @Nullable Long typicalSec() {
        return isKnown() ? (Long) (long) percentiles().median() : null;
    }

    /** Expected end of the current run; null unless the domain is Loading and enough runs are known. */
    public @Nullable Instant eta(DomainStatus domain) {
        Instant started = startOfCurrentRun(domain);
        return started == null ? null : started.plusSeconds(percentiles().median());
    }

    /** When the current run becomes overdue, that is longer than the 95th percentile; null where {@link #eta} is. */
    public @Nullable Instant overdueAt(DomainStatus domain) {
        Instant started = startOfCurrentRun(domain);
        return started == null ? null : started.plusSeconds(percentiles().percentile95());
    }

    /** Whether the current run takes longer than the 95th percentile. */
    public boolean overdue(DomainStatus domain, Instant now) {
        Instant at = overdueAt(domain);
        return at != null && at.isBefore(now);
    }

    /** Null unless the domain is Loading and enough runs are known. */
    private @Nullable Instant startOfCurrentRun(DomainStatus domain) {
        return isKnown() && domain.status() == Status.LOADING ? domain.started() : null;
    }

    private Percentiles percentiles() {
        Percentiles known = percentiles;
        if (known == null) {
            known = Percentiles.of(seconds);
            percentiles = known;
        }
        return known;
    }

    private boolean isKnown() {
        return seconds.length >= MIN_RUNS;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DurationStatistics that
                && Arrays.equals(seconds, that.seconds)
                && Arrays.equals(ends, that.ends);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(seconds) + Arrays.hashCode(ends);
    }

    @Override
    public String toString() {
        return Arrays.toString(seconds);
    }
}
