package org.epmpulse.api;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.epmpulse.status.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Writes history entries as CSV (RFC 4180).
 *
 * <p>A cell that a spreadsheet would read as a formula gets a leading {@code '}, so that posted text is never executed
 * when the file is opened.
 *
 * @see <a href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>
 */
final class HistoryCsv {

    private static final String FORMULA_PREFIXES = "=+-@\t\r";

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(Arrays.stream(HistoryColumn.values())
                    .map(HistoryColumn::label)
                    .toArray(String[]::new))
            .get();

    private HistoryCsv() {}

    /** The header row and one row per entry; absent values are empty. */
    static String write(List<Entry> entries) {
        StringWriter text = new StringWriter();
        try (CSVPrinter csv = new CSVPrinter(text, FORMAT)) {
            for (Entry entry : entries) {
                csv.printRecord(Arrays.stream(HistoryColumn.values()).map(column -> escapeFormula(column.of(entry))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static @Nullable Object escapeFormula(@Nullable Object cell) {
        return cell instanceof String text && !text.isEmpty() && FORMULA_PREFIXES.indexOf(text.charAt(0)) >= 0
                ? "'" + text
                : cell;
    }
}
