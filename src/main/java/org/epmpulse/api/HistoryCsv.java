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
 * Entries of the history as CSV (RFC 4180) for a spreadsheet.
 *
 * <p>A cell that a spreadsheet would take for a formula gets a leading {@code '}: what a sender posts must not run on the
 * auditor's machine.
 *
 * @see <a href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>
 */
final class HistoryCsv {

    private static final String FORMULA = "=+-@\t\r";

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(Arrays.stream(HistoryColumn.values())
                    .map(HistoryColumn::label)
                    .toArray(String[]::new))
            .get();

    private HistoryCsv() {}

    /** With a row of names; absent values are empty. */
    static String write(List<Entry> entries) {
        StringWriter text = new StringWriter();
        try (CSVPrinter csv = new CSVPrinter(text, FORMAT)) {
            for (Entry entry : entries) {
                csv.printRecord(Arrays.stream(HistoryColumn.values()).map(column -> harmless(column.of(entry))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static @Nullable Object harmless(@Nullable Object cell) {
        return cell instanceof String text && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0
                ? "'" + text
                : cell;
    }
}
