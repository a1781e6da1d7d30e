package org.epmpulse.api;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.epmpulse.status.Entry;
import org.epmpulse.status.StateWord;
import org.epmpulse.status.Status;
import org.epmpulse.store.Run;
import org.jspecify.annotations.Nullable;

/**
 * Writes history entries and runs as CSV (RFC 4180). The last column {@code state} has the word for people.
 *
 * <p>A cell that a spreadsheet would read as a formula gets a leading {@code '}, so that posted text is never executed
 * when the file is opened.
 *
 * @see <a href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>
 */
final class HistoryCsv {

    private static final String FORMULA_PREFIXES = "=+-@\t\r";

    private HistoryCsv() {}

    /** The header row and one row per entry; absent values are empty. */
    static String write(List<Entry> entries) {
        List<HistoryColumn> columns = List.of(HistoryColumn.values());
        return write(
                columns.stream().map(HistoryColumn::label),
                entries,
                entry -> columns.stream().map(column -> column.of(entry)),
                Entry::status);
    }

    /** The header row and one row per run; absent values are empty. */
    static String writeRuns(List<Run> runs) {
        List<RunColumn> columns = List.of(RunColumn.values());
        return write(
                columns.stream().map(RunColumn::label),
                runs,
                run -> columns.stream().map(column -> column.of(run)),
                Run::status);
    }

    private static <T> String write(
            Stream<String> header,
            List<T> rows,
            Function<T, Stream<@Nullable Object>> cells,
            Function<T, Status> status) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader(Stream.concat(header, Stream.of("state")).toArray(String[]::new))
                .get();
        StringWriter text = new StringWriter();
        try (CSVPrinter csv = new CSVPrinter(text, format)) {
            for (T row : rows) {
                String word = StateWord.of(status.apply(row), false).word();
                csv.printRecord(
                        Stream.concat(cells.apply(row).map(HistoryCsv::escapeFormula), Stream.<Object>of(word)));
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
