package org.epmpulse.bench;

import java.io.IOException;
import java.util.List;

/** The table of a contest in which all loads are compared with one of them. */
final class Comparison {

    private Comparison() {}

    /**
     * Prints and saves it.
     *
     * @param what is counted, such as {@code updates}
     * @param entries the first is what the others are compared with
     * @param notes lines below the table
     */
    static void publish(String name, String what, List<Contest.Entry> entries, String... notes)
            throws IOException, InterruptedException {
        Table table = new Table(
                name,
                "",
                what + "/s",
                "of the first",
                "CPU µs each",
                "times the first",
                "spread",
                "wrk's CPU µs",
                "p50 ms",
                "p99 ms");
        Contest.Entry base = entries.get(0);
        for (Contest.Entry entry : entries) {
            table.row(
                    entry.name(),
                    "%.0f".formatted(entry.median(Wrk.Result::perSecond)),
                    "%.2f".formatted(entry.times(base, Wrk.Result::perSecond)),
                    "%.1f".formatted(entry.median(Wrk.Result::cpuMicros)),
                    "%.2f".formatted(entry.times(base, Wrk.Result::cpuMicros)),
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
