package org.epmpulse.store.journal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.zip.ZipException;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.journal.JournalOrder.Range;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal's files, the latest lines in the order of the revisions first. Needs memory for one page and one
 * chunk of a file. Thread-safe.
 */
final class HistoryReader {

    private static final int CHUNK = 1 << 16;

    private static final BytePattern RECEIVED = new BytePattern("\"received\":\"");

    /** Length of a time to the second, as in 2026-03-31T18:00:00. */
    private static final int SECOND = 19;

    private final Path folder;
    private final JournalOrder order;

    /** @param folder of the journal */
    HistoryReader(Path folder, JournalOrder order) {
        this.folder = folder;
        this.order = order;
    }

    /**
     * A page of acknowledged entries.
     *
     * @param acknowledged end of the acknowledged part of the journal
     * @throws IllegalArgumentException if the cursor is not from this reader
     */
    HistoryPage page(HistoryQuery query, JournalPosition acknowledged) throws IOException {
        return page(query, acknowledged, false);
    }

    /** When the last acknowledged entry was received, also if it is a duplicate; null if there is none. */
    @Nullable
    Instant lastReceived(JournalPosition acknowledged) throws IOException {
        HistoryQuery last = new HistoryQuery(null, null, null, null, null, null, 1, null);
        List<Entry> entries = page(last, acknowledged, true).entries();
        return entries.isEmpty() ? null : entries.get(0).received();
    }

    private HistoryPage page(HistoryQuery query, JournalPosition acknowledged, boolean withDuplicates)
            throws IOException {
        SortedMap<LocalDate, DayFile> days = DayFile.list(folder);
        List<Range> ranges = order.ranges(days, acknowledged);
        JournalPosition before = query.cursor() == null ? acknowledged : position(query.cursor());
        int last = ranges.size() - 1;
        if (query.cursor() != null) {
            last = indexOf(ranges, before);
            if (last < 0 && before.compareTo(acknowledged) > 0) {
                before = acknowledged;
                last = ranges.size() - 1;
            }
        }
        Page page = new Page(query, withDuplicates);
        for (int i = last; i >= 0 && !page.isFull(); i--) {
            Range range = ranges.get(i);
            DayFile file = days.get(range.day());
            if (file != null && !page.isBeforeSince(range.day()) && !page.isAfterUntil(range.day())) {
                long end = i == last && range.day().equals(before.day()) ? before.offset() : range.to();
                page.from = range.from();
                read(file, end, page);
            }
        }
        return page.toHistoryPage();
    }

    /** Index of the range in which a line begins at this position; negative if there is none. */
    private static int indexOf(List<Range> ranges, JournalPosition line) {
        for (int i = ranges.size() - 1; i >= 0; i--) {
            if (ranges.get(i).containsStart(line)) {
                return i;
            }
        }
        return -1;
    }

    private void read(DayFile file, long end, Page page) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            if (!file.compressed()) {
                readPlain(file, channel, end, page);
                return;
            }
            List<IndexedGzip.Block> blocks = IndexedGzip.list(
                    channel,
                    block -> block.from() < end && block.from() + block.length() > page.from && page.mayMatch(block));
            if (blocks == null) {
                readCompressed(file, end, page);
                return;
            }
            for (int i = blocks.size() - 1; i >= 0 && !page.isFull(); i--) {
                IndexedGzip.Block block = blocks.get(i);
                byte[] lines = block.read(channel);
                int to = (int) Math.min(lines.length, end - block.from());
                int first = addMatches(lines, to, file.day(), block.from(), page);
                page.addIfMatching(lines, 0, first, new JournalPosition(file.day(), block.from()));
            }
        } catch (ZipException | EOFException e) {
            throw new DamagedDayException(file, e);
        } catch (NoSuchFileException e) {
            // The file was closed, opened again or deleted in the meantime.
            DayFile other = file.other();
            if (other.path().toFile().exists()) {
                read(other, end, page);
            }
        }
    }

    /** The entries of one request, starting at its first line. */
    List<Entry> entries(JournalPosition position, int count) throws IOException {
        DayFile file = DayFile.list(folder).get(position.day());
        if (file == null) {
            throw new IOException("the journal of " + position.day() + " was deleted");
        }
        try (InputStream in = file.open(position.offset())) {
            LineReader lines = new LineReader(in, position.offset());
            List<Entry> entries = new ArrayList<>(count);
            while (entries.size() < count && lines.next()) {
                int length = lines.intactLength();
                if (length > 0) {
                    entries.add(JournalLine.read(lines.bytes(), 0, length));
                } else if (lines.length() > 0) {
                    throw new IOException("the journal of " + position.day() + " is damaged");
                }
            }
            return entries;
        }
    }

    private static void readPlain(DayFile file, FileChannel channel, long end, Page page) throws IOException {
        long to = Math.min(end, channel.size());
        byte[] rest = new byte[0];
        while (to > page.from && !page.isFull()) {
            long from = Math.max(page.from, to - CHUNK);
            byte[] chunk = new byte[(int) (to - from) + rest.length];
            IndexedGzip.readFully(channel, ByteBuffer.wrap(chunk, 0, (int) (to - from)), from);
            System.arraycopy(rest, 0, chunk, (int) (to - from), rest.length);
            int first = addMatches(chunk, chunk.length, file.day(), from, page);
            if (from == page.from) {
                page.addIfMatching(chunk, 0, first, new JournalPosition(file.day(), from));
            }
            // An entry is shorter than that: the bytes after it are damaged.
            rest = Arrays.copyOf(chunk, Math.min(first, isZero(chunk, first) ? 0 : LineReader.MAX_LENGTH));
            to = from;
        }
    }

    private static boolean isZero(byte[] bytes, int to) {
        for (int i = 0; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Adds the matching lines to the page, from the last to the second. The first line may be incomplete.
     *
     * @param to end of the bytes
     * @param from offset of the bytes in the day's file
     * @return end of the first line
     */
    private static int addMatches(byte[] bytes, int to, LocalDate day, long from, Page page) throws IOException {
        int lineEnd = to > 0 && bytes[to - 1] == '\n' ? to - 1 : to;
        for (int at = lineEnd - 1; at >= 0 && !page.isFull(); at--) {
            if (bytes[at] == '\n') {
                page.addIfMatching(bytes, at + 1, lineEnd, new JournalPosition(day, from + at + 1));
                lineEnd = at;
            } else if (at > 0 && bytes[at - 1] != '\n' && LineChecksum.isStart(bytes, at, lineEnd)) {
                // The newline before this entry is damaged.
                page.addIfMatching(bytes, at, lineEnd, new JournalPosition(day, from + at));
                lineEnd = at;
            }
        }
        return lineEnd;
    }

    private static void readCompressed(DayFile file, long end, Page page) throws IOException {
        Deque<Match> last = new ArrayDeque<>();
        int remaining = page.remaining();
        try (InputStream in = file.open()) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next() && lines.offset() < end) {
                Entry entry = lines.offset() < page.from ? null : page.match(lines.bytes(), 0, lines.length());
                if (entry != null) {
                    last.addLast(new Match(entry, new JournalPosition(file.day(), lines.offset())));
                    if (last.size() > remaining) {
                        last.removeFirst();
                    }
                }
            }
        }
        while (!last.isEmpty()) {
            page.add(last.removeLast());
        }
    }

    private record Match(Entry entry, JournalPosition position) {}

    /** Collects one entry more than the page holds, to know whether there is a next page. */
    private static final class Page {
        private final HistoryQuery query;
        private final boolean withDuplicates;
        private final List<BytePattern> patterns = new ArrayList<>();
        private final List<Integer> keys = new ArrayList<>();
        private final List<Match> matches = new ArrayList<>();
        private final byte @Nullable [] sinceSecond;
        private final byte @Nullable [] untilSecond;

        /** Offset in the file that is read from which on lines belong to the page's range. */
        private long from;

        Page(HistoryQuery query, boolean withDuplicates) {
            this.query = query;
            this.withDuplicates = withDuplicates;
            this.sinceSecond = toSecond(query.since());
            this.untilSecond = toSecond(query.until());
            require("app", query.app());
            require("domain", query.domain());
            require("job_id", query.jobId());
            require("status", query.status() == null ? null : query.status().label());
            if (query.app() != null && query.domain() != null) {
                keys.add(IndexedGzip.key("id", new DomainId(query.app(), query.domain()).toString()));
            }
        }

        /** Adds a filter: only lines that contain this text are parsed. */
        private void require(String field, @Nullable String value) {
            if (value == null) {
                return;
            }
            keys.add(IndexedGzip.key(field, value));
            if (value.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"' && c != '\\')) {
                patterns.add(new BytePattern("\"" + field + "\":\"" + value + "\""));
            }
        }

        /** Whether the block may contain a matching line. */
        boolean mayMatch(IndexedGzip.Block block) {
            Instant since = query.since();
            Instant until = query.until();
            return (since == null || block.latest() >= since.toEpochMilli())
                    && (until == null || block.earliest() <= until.toEpochMilli())
                    && keys.stream().allMatch(block::mayContain);
        }

        boolean isFull() {
            return remaining() == 0;
        }

        int remaining() {
            return query.limit() + 1 - matches.size();
        }

        boolean isBeforeSince(LocalDate day) {
            Instant since = query.since();
            return since != null && day.isBefore(since.atZone(ZoneOffset.UTC).toLocalDate());
        }

        boolean isAfterUntil(LocalDate day) {
            Instant until = query.until();
            return until != null && day.isAfter(until.atZone(ZoneOffset.UTC).toLocalDate());
        }

        void addIfMatching(byte[] bytes, int from, int to, JournalPosition position) throws IOException {
            Entry entry = position.offset() < this.from ? null : match(bytes, from, to);
            if (entry != null) {
                add(new Match(entry, position));
            }
        }

        void add(Match match) {
            if (!isFull()) {
                matches.add(match);
            }
        }

        @Nullable
        Entry match(byte[] bytes, int from, int to) throws IOException {
            for (BytePattern pattern : patterns) {
                if (!pattern.isIn(bytes, from, to)) {
                    return null;
                }
            }
            int length = isOutOfTimeRange(bytes, from, to) ? 0 : LineChecksum.intactLength(bytes, from, to);
            if (length == 0) {
                return null;
            }
            Entry entry = JournalLine.read(bytes, from, from + length);
            boolean matches = (withDuplicates || entry.outcome() != Outcome.DUPLICATE)
                    && (query.app() == null || query.app().equals(entry.id().app()))
                    && (query.domain() == null
                            || query.domain().equals(entry.id().domain()))
                    && (query.jobId() == null || query.jobId().equals(entry.jobId()))
                    && (query.status() == null || query.status() == entry.status())
                    && (query.since() == null || !entry.received().isBefore(query.since()))
                    && (query.until() == null || entry.received().isBefore(query.until()));
            return matches ? entry : null;
        }

        /**
         * A time to the second in the form of a line; null if there is none, or if its year does not have four digits.
         */
        private static byte @Nullable [] toSecond(@Nullable Instant time) {
            String text = time == null ? "" : time.toString();
            return text.length() > SECOND && text.charAt(10) == 'T'
                    ? text.substring(0, SECOND).getBytes(StandardCharsets.US_ASCII)
                    : null;
        }

        /** Whether the line was received in a second before that of {@code since} or after that of {@code until}. */
        private boolean isOutOfTimeRange(byte[] bytes, int from, int to) {
            int field = sinceSecond == null && untilSecond == null
                    ? -1
                    : RECEIVED.indexIn(bytes, from, Math.min(to, from + 64));
            int at = field + RECEIVED.length();
            if (field < 0 || at + SECOND > to) {
                return false;
            }
            return (sinceSecond != null && compare(bytes, at, sinceSecond) < 0)
                    || (untilSecond != null && compare(bytes, at, untilSecond) > 0);
        }

        private static int compare(byte[] bytes, int at, byte[] second) {
            return Arrays.compare(bytes, at, at + SECOND, second, 0, SECOND);
        }

        HistoryPage toHistoryPage() {
            boolean more = matches.size() > query.limit();
            List<Match> page = more ? matches.subList(0, query.limit()) : matches;
            String next = more ? cursor(page.get(page.size() - 1).position()) : null;
            return new HistoryPage(page.stream().map(Match::entry).toList(), next);
        }
    }

    private static String cursor(JournalPosition position) {
        String text = position.day() + ":" + position.offset();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static JournalPosition position(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
            int colon = text.indexOf(':');
            return new JournalPosition(
                    LocalDate.parse(text.substring(0, Math.max(0, colon))), Long.parseLong(text.substring(colon + 1)));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException("cursor must be the next field of an earlier page", e);
        }
    }
}
