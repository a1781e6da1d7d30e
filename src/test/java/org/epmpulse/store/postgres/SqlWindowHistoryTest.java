package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.RecordedMonth;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Window, runs and board of a recorded month agree at every instant, on two nodes of a database. */
class SqlWindowHistoryTest {

    @TempDir
    Path folder;

    /** A month cannot be recorded by the clock of a database, so it is copied from files. */
    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void windowRunsAndBoardAgreeOnBothNodes(long seed) throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        RecordedMonth month = new RecordedMonth(seed);
        Instant start = Instant.parse("2026-03-01T12:00:00Z");
        try (FileRecorder recorder = new FileRecorder(folder, start)) {
            month.record(recorder, start);
        }
        try (Database database = new Database(settings, new SimpleMeterRegistry())) {
            new Migration(database, FileStore.CATALOG, TimeSource.system()).toDatabase(folder, "db");
        }

        try (TestingNode one = new TestingNode(TestingPostgres.named(settings, "a"));
                TestingNode other = new TestingNode(TestingPostgres.named(settings, "b"))) {
            month.assertAgrees(one.store);
            month.assertAgrees(other.store);
        }
    }

    private static final class FileRecorder implements RecordedMonth.Recorder, AutoCloseable {
        private final Path folder;
        private FileStore files;
        private Instant now;

        FileRecorder(Path folder, Instant now) throws Exception {
            this.folder = folder;
            this.now = now;
            this.files = new FileStore(folder, now);
        }

        @Override
        public void set(Instant time) {
            now = time;
            files.set(time);
        }

        @Override
        public List<Entry> record(List<ValidatedUpdate> updates, boolean batch) throws Exception {
            return batch ? files.recordBatch(updates, null) : files.record(updates.get(0), null);
        }

        @Override
        public void reopen() throws Exception {
            files.close();
            files = new FileStore(folder, now);
        }

        @Override
        public Board board() {
            return files.store.board();
        }

        @Override
        public void close() {
            files.close();
        }
    }
}
