package org.epmpulse.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.GroupLog;
import org.epmpulse.store.IdempotencyIndex;

/** Writes groups to the journal. There is only one writer, so a transaction needs no lock. */
final class JournalLog implements GroupLog<JournalPosition>, AutoCloseable {

    private final Path folder;
    private final Journal journal;
    private final IdempotencyIndex<JournalPosition> idempotency;
    private final HistoryReader history;
    private final DayRepair repair;
    private final ReceiptClock clock;
    private volatile JournalState state;
    private volatile Runnable afterCommit = () -> {};

    /** @param folder of the journal */
    JournalLog(
            Path folder,
            Journal journal,
            Board board,
            IdempotencyIndex<JournalPosition> idempotency,
            HistoryReader history,
            DayRepair repair,
            ReceiptClock clock) {
        this.folder = folder;
        this.journal = journal;
        this.idempotency = idempotency;
        this.history = history;
        this.repair = repair;
        this.clock = clock;
        this.state = new JournalState(board, journal.end());
    }

    /** The state of all entries on disk. Thread-safe. */
    JournalState state() {
        return state;
    }

    /** Sets a task to run after each commit with lines; it must not block. */
    void afterCommit(Runnable task) {
        afterCommit = task;
    }

    /** The day whose file may grow. Thread-safe. */
    LocalDate day() {
        return journal.day();
    }

    /** How often the file of another day was opened since the start. Thread-safe. */
    int openings() {
        return journal.openings();
    }

    @Override
    public Transaction begin() {
        return new JournalTransaction(clock.next());
    }

    private final class JournalTransaction implements Transaction {
        private final Instant received;

        JournalTransaction(Instant received) {
            this.received = received;
        }

        @Override
        public Board board() {
            return state.board();
        }

        @Override
        public Instant received() {
            return received;
        }

        @Override
        public void commit(List<Entry> lines, Board after, List<StatusChange> changes) throws IOException {
            if (lines.isEmpty()) {
                return;
            }
            List<JournalPosition> positions;
            try {
                positions = journal.append(lines, day(received));
            } catch (IOException e) {
                throw new IOException(DataFolder.describe(e), e);
            }
            for (int i = 0; i < positions.size(); i++) {
                idempotency.add(lines.get(i), positions.get(i));
            }
            state = new JournalState(after, journal.end());
            afterCommit.run();
        }

        @Override
        public void close() {}
    }

    private static LocalDate day(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }

    /** A commit to files has no unknown end. */
    @Override
    public End settle(Duration patience) {
        throw new IllegalStateException("a commit to files has no unknown end");
    }

    @Override
    public void check() throws IOException {
        try {
            journal.requireInPlace();
        } catch (IOException e) {
            throw e instanceof FilesMovedException ? e : new IOException(DataFolder.describe(e), e);
        }
        if (!Files.isWritable(folder)) {
            throw new IOException("the folder " + folder.getFileName() + " is read-only");
        }
    }

    @Override
    public void probe() throws IOException {
        check();
        journal.requireUsable();
        Path file = folder.resolve("probe.tmp");
        try (FileChannel channel =
                DataFolder.openFile(file, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
            channel.write(ByteBuffer.allocate(1 << 16));
            channel.force(true);
        } finally {
            file.toFile().delete();
        }
    }

    @Override
    public List<Entry> entries(JournalPosition first, int count) throws IOException {
        try {
            return history.entries(first, count);
        } catch (DamagedDayException e) {
            repair.repair(e.file());
            return history.entries(first, count);
        }
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
