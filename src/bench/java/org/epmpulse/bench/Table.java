package org.epmpulse.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** What a benchmark found. It is printed and goes to {@code target/bench}, as markdown and as CSV. Not thread-safe. */
final class Table {

    /** Where results go. */
    static final Path FOLDER = Path.of("target/bench");

    private final String name;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** @param name of the files, without what they end with */
    Table(String name, String... header) {
        this.name = name;
        this.header = List.of(header);
    }

    void row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException("cells must be " + header.size() + ", are " + cells.length);
        }
        rows.add(List.of(cells));
    }

    /** A line below the table. */
    void note(String text) {
        notes.add(text);
    }

    /** With what was measured on above it. */
    void publish() throws IOException, InterruptedException {
        StringBuilder markdown = new StringBuilder(Machine.describe()).append("\n\n");
        markdown.append(line(header)).append("|---".repeat(header.size())).append("|\n");
        rows.forEach(row -> markdown.append(line(row)));
        notes.forEach(note -> markdown.append('\n').append(note).append('\n'));
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve(name + ".md"), markdown);
        try (Writer file = Files.newBufferedWriter(csv(name));
                CSVPrinter csv = new CSVPrinter(file, CSVFormat.DEFAULT)) {
            csv.printRecord(header);
            csv.printRecords(rows);
        }
        System.out.println();
        System.out.println(markdown);
    }

    /** Where the table of this name is as CSV. */
    static Path csv(String name) {
        return FOLDER.resolve(name + ".csv");
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
