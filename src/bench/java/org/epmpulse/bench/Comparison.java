package org.epmpulse.bench;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** A table in which each load is compared with another one. Not thread-safe. */
final class Comparison {

    private final Table table;

    /**
     * Creates an empty table.
     *
     * @param load heading of the first column
     * @param unit what is counted, such as {@code updates}
     * @param reference what the others are compared with, such as {@code first}
     * @param more headings of further columns
     */
    Comparison(String name, String load, String unit, String reference, String... more) {
        Stream<String> header = Stream.of(
                load,
                unit + "/s",
                "rate / " + reference,
                "CPU µs each",
                "CPU / " + reference,
                "spread",
                "wrk's CPU µs",
                "p50 ms",
                "p99 ms");
        table = new Table(name, Stream.concat(header, Stream.of(more)).toArray(String[]::new));
    }

    /**
     * Prints and saves the table of a measurement in which all loads are compared with the first one.
     *
     * @param notes lines below the table
     */
    static void publish(String name, String unit, List<InterleavedMeasurement.Entry> entries, String... notes)
            throws IOException, InterruptedException {
        Comparison comparison = new Comparison(name, "", unit, "first");
        for (InterleavedMeasurement.Entry entry : entries) {
            comparison.row(entry, entries.get(0));
        }
        for (String note : notes) {
            comparison.note(note);
        }
        comparison.publish();
    }

    /** @param more cells of the further columns */
    void row(InterleavedMeasurement.Entry entry, InterleavedMeasurement.Entry reference, String... more) {
        Stream<String> cells = Stream.of(
                entry.name(),
                "%.0f".formatted(entry.median(Wrk.Result::perSecond)),
                "%.2f".formatted(entry.ratio(reference, Wrk.Result::perSecond)),
                "%.1f".formatted(entry.median(Wrk.Result::cpuMicros)),
                "%.2f".formatted(entry.ratio(reference, Wrk.Result::cpuMicros)),
                "%.0f %%".formatted(100 * entry.spread(Wrk.Result::cpuMicros)),
                "%.1f".formatted(entry.median(Wrk.Result::wrkMicros)),
                "%.1f".formatted(entry.median(Wrk.Result::medianMillis)),
                "%.1f".formatted(entry.median(Wrk.Result::p99Millis)));
        table.row(Stream.concat(cells, Stream.of(more)).toArray(String[]::new));
    }

    /** Adds a line below the table. */
    void note(String text) {
        table.note(text);
    }

    /** Prints and saves the table. */
    void publish() throws IOException, InterruptedException {
        table.publish();
    }
}
