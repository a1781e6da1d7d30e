package org.epmpulse.store.journal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.epmpulse.config.RegularFile;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The whole content of a data folder, read in the order of the journal for a copy. Opening it locks the folder, and
 * repairs damaged files as a start of the service does; it changes nothing else. Not thread-safe.
 */
public final class JournalFiles implements AutoCloseable {

    /** A document has this size at most, in MiB. */
    private static final int MAX_DOCUMENT = 16;

    /** Folders whose files are not documents. */
    private static final Set<String> OTHER_FOLDERS = Set.of("history", "checkpoints", "quarantine", "tokens");

    private final DataFolder folder;
    private final Recovery.Result recovered;
    private final NameInterner names;
    private final List<Entry> imported;
    private final Board board;
    private @Nullable DayFile lastDamaged;

    private JournalFiles(DataFolder folder, Recovery.Result recovered, Catalog catalog, Instant now)
            throws IOException {
        this.folder = folder;
        this.recovered = recovered;
        this.names = new NameInterner(catalog);
        this.imported = recovered.legacy() == null
                ? List.of()
                : LegacyState.entries(recovered.legacy(), catalog, stateTime(now));
        Board all = recovered.board();
        for (Entry entry : imported) {
            all = all.apply(entry);
        }
        this.board = all;
    }

    /**
     * Opens a data folder.
     *
     * @param catalog the configured apps and domains
     * @throws IOException if there is none, if it is in use, or if it cannot be read, with a message for the operator
     */
    public static JournalFiles open(Path root, Catalog catalog, TimeSource clock) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException("the data folder " + root + " was not found");
        }
        DataFolder folder = DataFolder.open(root);
        try {
            Quarantine quarantine = new Quarantine(folder.quarantine(), new SimpleMeterRegistry());
            Recovery.Result recovered = new Recovery(
                            folder, catalog, quarantine, new IdempotencyIndex<>(clock.steadySource()), clock.instant())
                    .run();
            return new JournalFiles(folder, recovered, catalog, clock.instant());
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** The updates of a state file of 1.0 were received when it was written: always the same time for the same file. */
    private Instant stateTime(Instant now) throws IOException {
        Instant written = Files.getLastModifiedTime(folder.state()).toInstant();
        return (written.isAfter(now) ? now : written).truncatedTo(ChronoUnit.MILLIS);
    }

    public String storeId() {
        return recovered.storeId();
    }

    /** When the store was created. */
    public Instant created() {
        return recovered.created();
    }

    /** The board of all entries. */
    public Board board() {
        return board;
    }

    /** The idempotency keys that are still valid. */
    public IdempotencyIndex<JournalPosition> keys() {
        return recovered.idempotency();
    }

    /** Receives the entries in their order. */
    @FunctionalInterface
    public interface EntryConsumer {

        /** @param checkpoint the board after this entry without its jobs; null if none was stored there */
        void accept(Entry entry, @Nullable Board checkpoint) throws IOException;
    }

    private interface LineConsumer {
        void accept(LineReader line, int length, JournalPosition end) throws IOException;
    }

    /** Counts the entries. Repairs damaged files, so that {@link #read} does not find any. */
    public long count() throws IOException {
        while (true) {
            long[] count = {imported.size()};
            try {
                lines((line, length, end) -> count[0]++);
                return count[0];
            } catch (DamagedDayException e) {
                if (e.file().equals(lastDamaged)) {
                    throw e;
                }
                lastDamaged = e.file();
                recovered.repair().repair(e.file());
            }
        }
    }

    /** Reads all entries. */
    public void read(EntryConsumer consumer) throws IOException {
        for (Entry entry : imported) {
            consumer.accept(entry, null);
        }
        lines((line, length, end) -> {
            Entry entry = JournalLine.read(line.bytes(), 0, length, names);
            consumer.accept(entry, recovered.checkpoints().read(end, names));
        });
    }

    private void lines(LineConsumer consumer) throws IOException {
        SortedMap<LocalDate, DayFile> days = DayFile.list(folder.history());
        for (JournalOrder.Range range : recovered.order().ranges(days, recovered.position())) {
            DayFile file = days.get(range.day());
            if (file == null) {
                continue;
            }
            try (InputStream in = file.open(range.from())) {
                LineReader lines = new LineReader(in, range.from());
                while (lines.next() && lines.offset() < range.to()) {
                    int length = lines.intactLength();
                    if (length > 0) {
                        consumer.accept(lines, length, new JournalPosition(range.day(), lines.end()));
                    }
                }
            }
        }
    }

    /** The small files of the service, such as {@code slack/alerts.json}, by their path below the folder. */
    public Map<String, byte[]> documents() throws IOException {
        Map<String, byte[]> documents = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder.root())) {
            for (Path parent : all.filter(JournalFiles::hasDocuments).toList()) {
                try (Stream<Path> files = Files.list(parent)) {
                    for (Path file : files.filter(JournalFiles::isDocument).toList()) {
                        String name = parent.getFileName() + "/" + file.getFileName();
                        documents.put(name, RegularFile.read(file, MAX_DOCUMENT));
                    }
                }
            }
        }
        return documents;
    }

    private static boolean hasDocuments(Path parent) {
        return Files.isDirectory(parent)
                && !OTHER_FOLDERS.contains(parent.getFileName().toString());
    }

    private static boolean isDocument(Path file) {
        return Files.isRegularFile(file) && file.toString().endsWith(".json");
    }

    /**
     * Marks the folder, so that no service without a database uses it any more.
     *
     * @param database where its content is now, for people
     */
    public void markMoved(String database, Instant now) throws IOException {
        MigrationMarks.markMoved(folder, database, now);
    }

    @Override
    public void close() {
        folder.close();
    }
}
