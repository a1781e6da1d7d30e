package org.epmpulse.bench;

import java.io.IOException;
import java.util.List;

/** The table of a measurement in which all loads are compared with the first one. */
final class Comparison {

    private Comparison() {}

    /**
     * Prints and saves the table.
     *
     * @param what unit that is counted, such as {@code updates}
     * @param entries the others are compared with the first
     * @param notes lines below the table
     */
    static void publish(String name, String what, List<InterleavedMeasurement.Entry> entries, String... notes)
            throws IOException, InterruptedException {
        Table table = new Table(
                name,
                "",
                what + "/s",
                "rate / first",
                "CPU µs each",
                "CPU / first",
                "spread",
                "wrk's CPU µs",
                "p50 ms",
                "p99 ms");
        InterleavedMeasurement.Entry base = entries.get(0);
        for (InterleavedMeasurement.Entry entry : entries) {
            table.row(
                    entry.name(),
                    "%.0f".formatted(entry.median(Wrk.Result::perSecond)),
                    "%.2f".formatted(entry.ratio(base, Wrk.Result::perSecond)),
                    "%.1f".formatted(entry.median(Wrk.Result::cpuMicros)),
                    "%.2f".formatted(entry.ratio(base, Wrk.Result::cpuMicros)),
                    "%.0f %%".formatted(100 * entry.spread(Wrk.Result::cpuMicros)),
                    "%.1f".formatted(entry.median(Wrk.Result::wrkMicros)),
                    "%.1f".formatted(entry.median(Wrk.Result::medianMillis)),
                    "%.1f".formatted(entry.median(Wrk.Result::p99Millis)));
        }
        for (String note : notes) {
            table.note(note);
        }
        table.publish();
    }
}
