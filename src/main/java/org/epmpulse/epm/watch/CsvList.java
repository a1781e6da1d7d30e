package org.epmpulse.epm.watch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.epmpulse.config.Watch.Column;
import org.epmpulse.epm.SingleLine;
import org.jspecify.annotations.Nullable;

/** Reads a CSV of EPM, which may have a byte order mark and lines before its header. */
final class CsvList {

    private static final int MAX_ROWS = 100_000;

    /** Lines before the header. */
    private static final int MAX_PREAMBLE = 20;

    private static final int MAX_HEADERS_SHOWN = 20;
    private static final int BYTE_ORDER_MARK = 0xfeff;
    private static final CSVFormat CSV =
            CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(true).setTrim(true).get();

    private CsvList() {}

    /** A line after the header. */
    record Row(CSVRecord line, Map<Column, Integer> places) {

        /** One line of at most 200 characters; null if there is none. */
        @Nullable
        String text(Column column) {
            Integer place = places.get(column);
            return place == null || place >= line.size() ? null : SingleLine.of(line.get(place));
        }
    }

    /**
     * Reads all rows; the stream stays open.
     *
     * @throws ListException without a header, or with too many rows
     */
    static void read(InputStream content, ListColumns columns, Consumer<Row> rows) throws IOException, ListException {
        CSVParser parser = CSVParser.builder()
                .setReader(withoutByteOrderMark(new InputStreamReader(content, StandardCharsets.UTF_8)))
                .setFormat(CSV)
                .get();
        Map<Column, Integer> places = null;
        List<String> widest = List.of();
        int count = 0;
        for (CSVRecord line : parser) {
            if (places != null) {
                count++;
                if (count > MAX_ROWS) {
                    throw ListException.tooLarge("the list has more than " + MAX_ROWS + " lines");
                }
                rows.accept(new Row(line, places));
                continue;
            }
            places = columns.places(line);
            if (places == null && line.size() > widest.size()) {
                widest = line.stream().limit(MAX_HEADERS_SHOWN).toList();
            }
            if (places == null && parser.getRecordNumber() > MAX_PREAMBLE) {
                break;
            }
        }
        if (places == null) {
            throw columns.noHeader(widest);
        }
    }

    /** With it, the first line would not begin with a quote. */
    private static Reader withoutByteOrderMark(Reader reader) throws IOException {
        PushbackReader text = new PushbackReader(reader);
        int first = text.read();
        if (first >= 0 && first != BYTE_ORDER_MARK) {
            text.unread(first);
        }
        return text;
    }
}
