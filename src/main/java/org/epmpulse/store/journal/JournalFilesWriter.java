package org.epmpulse.store.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Writes a journal into a data folder that has none. Until {@link #complete} no service uses the folder; an interrupted
 * copy is removed by the next one. Not thread-safe.
 */
public final class JournalFilesWriter implements AutoCloseable {

    /** Entries of one forced write. */
    private static final int GROUP = 4_000;

    private final DataFolder folder;
    private final String storeId;
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Checkpoints checkpoints;
    private final JournalOrder order;
    private final List<Entry> group = new ArrayList<>();
    private @Nullable Journal journal;

    private JournalFilesWriter(DataFolder folder, String storeId) throws IOException {
        this.folder = folder;
        this.storeId = storeId;
        this.checkpoints = new Checkpoints(folder.checkpoints(), storeId);
        this.order = JournalOrder.open(folder.history());
    }

    /**
     * Begins a copy.
     *
     * @throws IOException if the folder holds a journal, if it is in use, or if it cannot be written, with a message for
     *     the operator
     */
    public static JournalFilesWriter create(Path root, String storeId) throws IOException {
        DataFolder folder = DataFolder.open(root);
        try {
            if (MigrationMarks.isIncomplete(folder.root())) {
                removeFiles(folder.history());
                removeFiles(folder.checkpoints().resolve(storeId));
                Files.deleteIfExists(folder.state());
            } else {
                requireEmpty(folder);
                DataFolder.replace(
                        folder.root().resolve(MigrationMarks.INCOMPLETE),
                        "The journal of a database is being copied to this folder, or that was interrupted.\n"
                                .getBytes(StandardCharsets.UTF_8));
            }
            return new JournalFilesWriter(folder, storeId);
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static void requireEmpty(DataFolder folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.history())) {
            if (files.findAny().isPresent() || Files.exists(folder.state())) {
                throw new IOException("the folder " + folder.root() + " holds a journal or a state file already;"
                        + " give another folder, or move it away");
            }
        }
    }

    private static void removeFiles(Path parent) throws IOException {
        if (Files.isDirectory(parent)) {
            try (Stream<Path> files = Files.list(parent)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Appends an entry. */
    public void append(Entry entry) throws IOException {
        if (!group.isEmpty() && (group.size() >= GROUP || !goesWithGroup(entry))) {
            flush();
        }
        group.add(entry);
    }

    /** The lines of a forced write are in one file, in the order of their times of receipt. */
    private boolean goesWithGroup(Entry entry) {
        Instant last = group.get(group.size() - 1).received();
        return day(entry.received()).equals(day(last)) && !entry.received().isBefore(last);
    }

    private Journal flush() throws IOException {
        Journal open = journal;
        if (!group.isEmpty()) {
            LocalDate day = day(group.get(0).received());
            if (open == null) {
                Quarantine quarantine = new Quarantine(folder.quarantine(), meters);
                DayRepair repair = new DayRepair(folder.history(), quarantine, order, checkpoints);
                JournalPosition start = new JournalPosition(day, 0);
                open = new Journal(folder, quarantine, JournalFile::open, order, repair, start, null, meters);
                journal = open;
            }
            open.append(group, day);
            group.clear();
        }
        return Objects.requireNonNull(open, "an entry comes first");
    }

    private static LocalDate day(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }

    /** Stores the board after the last entry, for past boards, if one is due there. */
    public void checkpoint(Board board) throws IOException {
        checkpoints.writeIfDue(board, flush().end());
    }

    /** Writes a document, durably; see {@link org.epmpulse.store.Documents}. */
    public void document(String name, byte[] content) throws IOException {
        new FileDocuments(folder, Instant::now, meters).write(name, content);
    }

    /**
     * Writes the last entries and the state file.
     *
     * @param board of all entries
     * @param created when the store was created
     */
    public void finish(Board board, Instant created, Catalog catalog) throws IOException {
        JournalPosition end = flush().end();
        close(journal);
        journal = null;
        new Snapshot(storeId, created, board, end).write(folder.state(), catalog);
    }

    /** Removes the mark of an incomplete copy from a folder, after the copy was compared. */
    public static void complete(Path root) throws IOException {
        Files.deleteIfExists(root.resolve(MigrationMarks.INCOMPLETE));
        DataFolder.forceFolder(root);
    }

    private static void close(@Nullable Journal open) throws IOException {
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            close(journal);
        } finally {
            folder.close();
        }
    }
}
