package org.epmpulse.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a benchmark loads a program that it watches. The options of the command line. */
final class Length {

    @Option(names = "--minutes", paramLabel = "N", description = "How long. Default: 10, of soak 20.")
    private @Nullable Integer minutes;

    @Option(names = "--quick", description = "Only 20 s: shows that the benchmark works, and its numbers mean nothing.")
    private boolean quick;

    boolean quick() {
        return quick;
    }

    /** @param usual minutes, unless the command line says it */
    Duration time(int usual) {
        return minutes == null && quick
                ? Duration.ofSeconds(20)
                : Duration.ofMinutes(minutes == null ? usual : minutes);
    }

    /** From one sample to the next. */
    Duration interval() {
        return Duration.ofSeconds(quick ? 1 : 5);
    }
}
