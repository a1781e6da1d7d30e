package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TableBlock;

/**
 * Checks Slack's rules for tables (docs.slack.dev/surfaces/canvases): at most {@value #MAX_CELLS} cells, each row on its
 * own line, a blank line before and after. Whether header cells count is not documented; here they do.
 */
final class TableChecks {

    static final int MAX_CELLS = 300;

    private TableChecks() {}

    static Stream<MarkdownFault> faults(CanvasMarkdown markdown, TableBlock table) {
        int first = CanvasMarkdown.firstLine(table);
        int last = CanvasMarkdown.lastLine(table);
        int columns = countCells(markdown.line(first));
        List<MarkdownFault> faults = new ArrayList<>();
        if (!markdown.line(first - 1).isBlank()) {
            faults.add(new MarkdownFault(first + 1, "Malformed table: no blank line before it"));
        }
        if (!markdown.line(last + 1).isBlank()) {
            faults.add(new MarkdownFault(last + 2, "Malformed table: no blank line after it"));
        }
        for (int row = first; row <= last; row++) {
            int cells = countCells(markdown.line(row));
            if (cells != columns) {
                String what = "Unsupported input: table row has %d cells, expected %d".formatted(cells, columns);
                faults.add(new MarkdownFault(row + 1, what));
            }
        }
        int all = (last - first) * columns;
        if (all > MAX_CELLS) {
            faults.add(new MarkdownFault(first + 1, "Table has %d cells, the most are %d".formatted(all, MAX_CELLS)));
        }
        return faults.stream();
    }

    /** Counts the cells of a row; an escaped bar is text. */
    private static int countCells(String line) {
        String row = line.strip();
        int cells = 1;
        for (int i = 0; i < row.length(); i++) {
            boolean outer = i == 0 || i == row.length() - 1;
            if (row.charAt(i) == '|' && !isEscaped(row, i) && !outer) {
                cells++;
            }
        }
        return cells;
    }

    /** Whether the text contains a bar without a backslash before it. */
    static boolean hasBarePipe(String text) {
        for (int i = text.indexOf('|'); i >= 0; i = text.indexOf('|', i + 1)) {
            if (!isEscaped(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEscaped(String text, int at) {
        int backslashes = 0;
        while (at - backslashes > 0 && text.charAt(at - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
