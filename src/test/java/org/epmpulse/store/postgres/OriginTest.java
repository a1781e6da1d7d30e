package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.postgres.TestingPostgres.execute;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.Level;
import org.epmpulse.RecordedLog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Nodes notice that the database was restored or has failed over, and what it has lost. */
@Isolated("records the log")
class OriginTest {

    private static void record(TestingNode node, int from, int to) throws Exception {
        for (int i = from; i <= to; i++) {
            node.post(Status.LOADING, "J" + i).get(10, TimeUnit.SECONDS);
        }
    }

    private static List<String> jobsInTable(DatabaseSettings settings) throws Exception {
        try (Connection connection = TestingPostgres.connect(settings);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT seq || ' ' || job_id FROM journal ORDER BY seq")) {
            List<String> jobs = new ArrayList<>();
            while (rows.next()) {
                jobs.add(rows.getString(1));
            }
            return jobs;
        }
    }

    @Test
    void aRestoreWithoutALossBeginsAGenerationAndKeepsTheBoard() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        try (TestingNode first = new TestingNode(settings);
                TestingNode second = new TestingNode(settings)) {
            record(first, 1, 3);
            String before = first.store.id();

            execute(settings, "UPDATE store SET origin = 'another server'");

            await().untilAsserted(() -> assertThat(first.store.id()).isNotEqualTo(before));
            await().untilAsserted(() -> assertThat(second.store.id()).isEqualTo(first.store.id()));
            assertThat(first.store.id()).isEqualTo(before + ".2");
            assertThat(second.latest().revision()).isEqualTo(3);
            assertThat(first.count("epmpulse.revisions.lost")).isZero();
            record(second, 4, 4);
            assertThat(jobsInTable(settings)).containsExactly("1 J1", "2 J2", "3 J3", "4 J4");
        }
    }

    @Test
    void lostRevisionsAreToldAndTheBoardIsLoadedAgain() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        try (RecordedLog log = new RecordedLog(Level.ERROR);
                TestingNode node = new TestingNode(settings)) {
            record(node, 1, 5);
            String before = node.store.id();

            execute(settings, "DELETE FROM journal WHERE seq > 2; UPDATE store SET origin = 'another server'");

            await().untilAsserted(() -> assertThat(node.store.id()).isNotEqualTo(before));
            await().untilAsserted(
                            () -> assertThat(node.store.board().revision()).isEqualTo(2));
            assertThat(node.count("epmpulse.revisions.lost")).isEqualTo(3);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("Journal: the database lost revisions 3 to 5 that were shown"));
            record(node, 6, 6);
            assertThat(jobsInTable(settings)).containsExactly("1 J1", "2 J2", "3 J6");
            assertThat(node.store.board().of(TestingNode.ACTUAL).jobId()).isEqualTo("J6");
        }
    }

    @Test
    void aWriterNeverContinuesAnotherJournal() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        try (TestingNode node = new TestingNode(settings)) {
            record(node, 1, 4);

            execute(settings, "DELETE FROM journal WHERE seq > 3");
            Entry next = node.post(Status.OK, "J5").get(10, TimeUnit.SECONDS).get(0);

            assertThat(next.revision()).isEqualTo(4);
            assertThat(jobsInTable(settings)).containsExactly("1 J1", "2 J2", "3 J3", "4 J5");
            assertThat(node.count("epmpulse.revisions.lost")).isEqualTo(1);
        }
    }

    @Test
    void aPromotedSynchronousStandbyHasEveryAcknowledgedUpdate() throws Exception {
        assumeThat(TestingServer.hasPrograms()).isTrue();
        try (TestingServer primary = TestingServer.start();
                TestingServer standby = primary.standby();
                Connection admin = primary.connect();
                Statement statement = admin.createStatement()) {
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
            statement.execute("SELECT pg_reload_conf()");
            String url = "jdbc:postgresql://127.0.0.1:" + primary.port() + ",127.0.0.1:" + standby.port() + "/postgres";
            DatabaseSettings settings =
                    new DatabaseSettings(url, "postgres", () -> TestingPostgres.PASSWORD, "a", true);
            try (TestingNode node = new TestingNode(settings)) {
                String before = node.store.id();
                List<String> acknowledged = new ArrayList<>();
                AtomicBoolean killed = new AtomicBoolean();
                Thread killer = new Thread(() -> {
                    await().until(() -> acknowledged.size() > 50);
                    try {
                        primary.kill();
                        standby.promote();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    killed.set(true);
                });
                killer.start();
                int after = 0;
                for (int i = 0; after < 20; i++) {
                    String job = "J" + i;
                    List<Entry> entries = node.post(Status.LOADING, job)
                            .handle((done, failure) -> done)
                            .get(30, TimeUnit.SECONDS);
                    if (entries != null) {
                        acknowledged.add(job);
                        after += killed.get() ? 1 : 0;
                    }
                }
                killer.join();

                List<String> jobs = new ArrayList<>();
                for (String row : jobsInTable(settings)) {
                    jobs.add(row.substring(row.indexOf(' ') + 1));
                    assertThat(row).startsWith(jobs.size() + " ");
                }
                assertThat(jobs).containsAll(acknowledged);
                assertThat(node.count("epmpulse.revisions.lost")).isZero();
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(node.store.id()).isEqualTo(before + ".2"));
                assertThat(node.latest().sequence()).isEqualTo(jobs.size());
            }
        }
    }
}
