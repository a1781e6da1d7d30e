package org.epmpulse.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Command-line options: starts, rounds and durations of an interleaved measurement. */
final class RoundOptions {

    @Option(
            names = "--starts",
            paramLabel = "N",
            description =
                    "Number of starts of the programs; the JIT compiler's results differ between starts. Default: 3.")
    private @Nullable Integer starts;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Warm-up load of each program. Default: 60.")
    private @Nullable Integer warmUp;

    @Option(names = "--rounds", paramLabel = "N", description = "Measurement rounds after each start. Default: 3.")
    private @Nullable Integer rounds;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            description = "Duration of one measurement. Default: 10, for reads 5.")
    private @Nullable Integer seconds;

    @Option(
            names = "--quick",
            description = "Only check that the benchmark works: takes seconds, the numbers are meaningless.")
    private boolean quick;

    boolean quick() {
        return quick;
    }

    int starts() {
        return starts != null ? starts : quick ? 1 : 3;
    }

    Duration warmUp() {
        return Duration.ofSeconds(warmUp != null ? warmUp : quick ? 2 : 60);
    }

    int rounds() {
        return rounds != null ? rounds : quick ? 1 : 3;
    }

    /** @param defaultSeconds used unless the command line sets the duration */
    Duration measured(int defaultSeconds) {
        return Duration.ofSeconds(seconds != null ? seconds : quick ? 2 : defaultSeconds);
    }
}
