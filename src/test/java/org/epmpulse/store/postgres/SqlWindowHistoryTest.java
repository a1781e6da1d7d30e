package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.RecordedMonth;
import org.epmpulse.store.RunQuery;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.Holidays;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Window, runs and board of a recorded month agree at every instant, on two nodes of a database. */
class SqlWindowHistoryTest {

    @TempDir
    Path folder;

    /** A month cannot be recorded by the clock of a database, so it is copied from files. */
    @Test
    void windowRunsAndBoardAgreeOnBothNodes() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        RecordedMonth month = new RecordedMonth(4);
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

    /** After each update, by any node, a read of any node shows the same window. */
    @Test
    void twoNodesShowTheSameWindowAtTheSameTime() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        WindowPlan plan = new WindowPlan(
                List.of(TestingNode.ACTUAL, TestingNode.BUDGET),
                Map.of(
                        TestingNode.BUDGET,
                        new DomainRule(Deadline.parse("21:30"), List.of(TestingNode.ACTUAL), null, null)),
                new CloseCalendar(
                        LocalTime.of(18, 0), null, ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), Holidays.NONE));
        try (TestingNode one = new TestingNode(TestingPostgres.named(settings, "a"));
                TestingNode other = new TestingNode(TestingPostgres.named(settings, "b"))) {
            Random random = new Random(1);
            for (int i = 0; i < 60; i++) {
                TestingNode writer = random.nextBoolean() ? one : other;
                DomainId domain = random.nextBoolean() ? TestingNode.ACTUAL : TestingNode.BUDGET;
                Status status = Status.values()[random.nextInt(Status.values().length)];
                writer.post(domain, status, "J" + random.nextInt(3)).get(10, TimeUnit.SECONDS);

                Instant now = Instant.now();
                WindowView first = view(one, plan, now);
                WindowView second = view(other, plan, now);

                assertThat(first.domains()).isEqualTo(second.domains());
                assertThat(first.window()).isEqualTo(second.window());
                RunQuery runs = new RunQuery(null, null, null, null, now.plusSeconds(5), 10, null);
                assertThat(one.store.runs(runs).runs())
                        .isEqualTo(other.store.runs(runs).runs());
            }
        }
    }

    private static WindowView view(TestingNode node, WindowPlan plan, Instant now) {
        Board board = node.latest();
        return new WindowViews(plan, Duration.ofHours(2), () -> board, () -> now).current();
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
