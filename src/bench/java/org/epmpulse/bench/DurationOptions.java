package org.epmpulse.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Command-line options: how long a benchmark loads a program. */
final class DurationOptions {

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "Duration of the load. Default: 10, for soak 20, for hostile 1.")
    private @Nullable Integer minutes;

    @Option(names = "--quick", description = "Only check that the benchmark works: 20 s, the numbers are meaningless.")
    private boolean quick;

    boolean quick() {
        return quick;
    }

    /** @param defaultMinutes used unless the command line sets the duration */
    Duration time(int defaultMinutes) {
        return minutes == null && quick
                ? Duration.ofSeconds(20)
                : Duration.ofMinutes(minutes == null ? defaultMinutes : minutes);
    }

    /** The time between samples. */
    Duration interval() {
        return Duration.ofSeconds(quick ? 1 : 5);
    }
}
