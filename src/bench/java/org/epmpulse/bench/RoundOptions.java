package org.epmpulse.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a benchmark that goes in rounds takes. The options of the command line. */
final class Effort {

    @Option(
            names = "--starts",
            paramLabel = "N",
            description = "Start the programs so many times; compilers do not do the same each time. Default: 3.")
    private @Nullable Integer starts;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Load for each program before it is measured. Default: 60.")
    private @Nullable Integer warmUp;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of measurements after each start. Default: 3.")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "Of one measurement. Default: 10, of reads 5.")
    private @Nullable Integer seconds;

    @Option(
            names = "--quick",
            description = "Take seconds: shows that the benchmark works, and its numbers mean nothing.")
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

    /** @param usual unless the command line says it */
    Duration measured(int usual) {
        return Duration.ofSeconds(seconds != null ? seconds : quick ? 2 : usual);
    }
}
