package org.epmpulse.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The result table of a benchmark, printed and saved in {@code target/bench} as markdown and CSV. Not thread-safe. */
final class Table {

    /** The folder of all results. */
    static final Path FOLDER = Path.of("target/bench");

    private final String name;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** @param name of the files without extension */
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

    /** Adds a line below the table. */
    void note(String text) {
        notes.add(text);
    }

    /** Prints and saves the table below a description of the machine. */
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

    /** The CSV file of a table. */
    static Path csv(String name) {
        return FOLDER.resolve(name + ".csv");
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
