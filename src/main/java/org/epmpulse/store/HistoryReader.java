package org.epmpulse.store;

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
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.jspecify.annotations.Nullable;

/** Reads the journal's files, the latest lines first. Holds no more than a page and a chunk of a file. Thread-safe. */
final class HistoryReader {

    private static final int CHUNK = 1 << 16;

    private final Path folder;

    HistoryReader(Path folder) {
        this.folder = folder;
    }

    /**
     * A page of entries that were acknowledged.
     *
     * @param acknowledged where the journal ended when the request came
     * @throws IllegalArgumentException if the cursor is none of this reader
     */
    HistoryPage page(HistoryQuery query, JournalPosition acknowledged) throws IOException {
        JournalPosition before = query.cursor() == null ? acknowledged : position(query.cursor());
        if (acknowledged.compareTo(before) < 0) {
            before = acknowledged;
        }
        Page page = new Page(query);
        List<DayFile> days = new ArrayList<>(
                DayFile.list(folder).headMap(before.day().plusDays(1)).values());
        for (int i = days.size() - 1; i >= 0 && !page.full(); i--) {
            DayFile file = days.get(i);
            if (page.isBeforeSince(file.day())) {
                break;
            }
            long end = file.day().equals(before.day()) ? before.offset() : Long.MAX_VALUE;
            try {
                if (file.compressed()) {
                    readCompressed(file, end, page);
                } else {
                    readPlain(file, end, page);
                }
            } catch (NoSuchFileException e) {
                // It was closed or removed in the meantime.
                DayFile compressed = DayFile.compressed(folder, file.day());
                if (!file.compressed() && compressed.path().toFile().exists()) {
                    readCompressed(compressed, end, page);
                }
            }
        }
        return page.done();
    }

    /** The entries of one request, from its first line on. */
    List<Entry> entries(JournalPosition position, int count) throws IOException {
        DayFile file = DayFile.list(folder).get(position.day());
        if (file == null) {
            throw new IOException("the journal of " + position.day() + " is gone");
        }
        try (InputStream in = file.open()) {
            in.skipNBytes(position.offset());
            Lines lines = new Lines(in, position.offset());
            List<Entry> entries = new ArrayList<>(count);
            while (entries.size() < count && lines.next()) {
                if (!Crc.isIntact(lines.bytes(), 0, lines.length())) {
                    throw new IOException("the journal of " + position.day() + " is damaged");
                }
                entries.add(JournalLine.read(lines.bytes(), 0, lines.length()));
            }
            return entries;
        }
    }

    private static void readPlain(DayFile file, long end, Page page) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            long to = Math.min(end, channel.size());
            byte[] rest = new byte[0];
            while (to > 0 && !page.full()) {
                long from = Math.max(0, to - CHUNK);
                byte[] chunk = new byte[(int) (to - from) + rest.length];
                readFully(channel, ByteBuffer.wrap(chunk, 0, (int) (to - from)), from);
                System.arraycopy(rest, 0, chunk, (int) (to - from), rest.length);
                int lineEnd = chunk.length;
                if (lineEnd > 0 && chunk[lineEnd - 1] == '\n') {
                    lineEnd--;
                }
                for (int at = lineEnd - 1; at >= 0 && !page.full(); at--) {
                    if (chunk[at] == '\n') {
                        page.offer(chunk, at + 1, lineEnd, new JournalPosition(file.day(), from + at + 1));
                        lineEnd = at;
                    }
                }
                if (from == 0) {
                    page.offer(chunk, 0, lineEnd, new JournalPosition(file.day(), 0));
                }
                rest = Arrays.copyOf(chunk, lineEnd);
                to = from;
            }
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new IOException("the journal became shorter while it was read");
            }
            at += read;
        }
    }

    private static void readCompressed(DayFile file, long end, Page page) throws IOException {
        Deque<Match> last = new ArrayDeque<>();
        int wanted = page.missing();
        try (InputStream in = file.open()) {
            Lines lines = new Lines(in, 0);
            while (lines.next() && lines.offset() < end) {
                Entry entry = page.match(lines.bytes(), 0, lines.length());
                if (entry != null) {
                    last.addLast(new Match(entry, new JournalPosition(file.day(), lines.offset())));
                    if (last.size() > wanted) {
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

    /** Collects one more than the page holds, to know whether there is a next one. */
    private static final class Page {
        private final HistoryQuery query;
        private final List<byte[]> texts = new ArrayList<>();
        private final List<Match> matches = new ArrayList<>();

        Page(HistoryQuery query) {
            this.query = query;
            text("app", query.app());
            text("domain", query.domain());
            text("job_id", query.jobId());
        }

        /** A line without this text cannot match; one that has it is parsed to see. */
        private void text(String field, @Nullable String value) {
            if (value != null && value.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"' && c != '\\')) {
                texts.add(("\"" + field + "\":\"" + value + "\"").getBytes(StandardCharsets.US_ASCII));
            }
        }

        boolean full() {
            return missing() == 0;
        }

        int missing() {
            return query.limit() + 1 - matches.size();
        }

        boolean isBeforeSince(LocalDate day) {
            Instant since = query.since();
            return since != null && day.isBefore(since.atZone(ZoneOffset.UTC).toLocalDate());
        }

        void offer(byte[] bytes, int from, int to, JournalPosition position) throws IOException {
            Entry entry = match(bytes, from, to);
            if (entry != null) {
                add(new Match(entry, position));
            }
        }

        void add(Match match) {
            if (!full()) {
                matches.add(match);
            }
        }

        @Nullable
        Entry match(byte[] bytes, int from, int to) throws IOException {
            for (byte[] text : texts) {
                if (JournalLine.indexOf(text, bytes, from, to) < 0) {
                    return null;
                }
            }
            if (!Crc.isIntact(bytes, from, to)) {
                return null;
            }
            Entry entry = JournalLine.read(bytes, from, to);
            boolean matches = entry.outcome() != Outcome.DUPLICATE
                    && (query.app() == null || query.app().equals(entry.id().app()))
                    && (query.domain() == null
                            || query.domain().equals(entry.id().domain()))
                    && (query.jobId() == null || query.jobId().equals(entry.jobId()))
                    && (query.status() == null || query.status() == entry.status())
                    && (query.since() == null || !entry.received().isBefore(query.since()))
                    && (query.until() == null || entry.received().isBefore(query.until()));
            return matches ? entry : null;
        }

        HistoryPage done() {
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
            throw new IllegalArgumentException("cursor must be one of an earlier page", e);
        }
    }
}
