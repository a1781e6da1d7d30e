package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller gets the reply that the table confirms, wherever the connection to the database is cut. */
@Isolated("changes a setting of the whole server")
class SqlCommitTest {

    private DatabaseSettings direct;

    @AutoClose
    private TcpProxy proxy;

    @AutoClose
    private TestingNode node;

    @BeforeEach
    void open() throws Exception {
        direct = TestingPostgres.newSchema();
        proxy = new TcpProxy(TestingPostgres.port());
        node = new TestingNode(TestingPostgres.through(direct, proxy.port()));
    }

    private CompletableFuture<List<Entry>> post(Status status, String job) {
        return node.post(status, job);
    }

    private List<String> jobsInTable() throws Exception {
        try (Connection connection = TestingPostgres.connect(direct);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT job_id FROM journal ORDER BY seq")) {
            List<String> jobs = new ArrayList<>();
            while (rows.next()) {
                jobs.add(rows.getString(1));
            }
            return jobs;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUpdateWhoseCommitIsCutIsRecordedOnce(TcpProxy.Cut cut) throws Exception {
        post(Status.LOADING, "FIRST").get(10, TimeUnit.SECONDS);
        proxy.cutOnce("INSERT INTO journal", cut);

        List<Entry> entries =
                post(Status.LOADING, "CUT").handle((done, failure) -> done).get(60, TimeUnit.SECONDS);

        // A stalled connection can take longer than the callers' patience; they are told so, and nothing is recorded.
        await().atMost(Duration.ofSeconds(30)).until(() -> post(Status.OK, "LAST")
                .handle((done, failure) -> done != null)
                .get(30, TimeUnit.SECONDS));
        if (cut == TcpProxy.Cut.BEFORE && entries == null) {
            assertThat(jobsInTable()).containsExactly("FIRST", "LAST");
        } else {
            assertThat(jobsInTable()).containsExactly("FIRST", "CUT", "LAST");
            assertThat(entries == null || entries.get(0).revision() == 2).isTrue();
        }
        assertThat(node.changes)
                .extracting(StatusChange::revision)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, jobsInTable().size()).boxed().toList());
    }

    @Test
    void anUpdateWhoseCommitIsCutForLongerThanTheCallerWaitsIsUnknown() throws Exception {
        post(Status.LOADING, "FIRST").get(10, TimeUnit.SECONDS);
        proxy.cutOnceAndRefuse("INSERT INTO journal", TcpProxy.Cut.AFTER);
        CompletableFuture<List<Entry>> cut = post(Status.LOADING, "CUT");
        await().until(proxy::hasCut);
        proxy.cut();

        assertThatThrownBy(() -> cut.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(StateUnknownException.class);
        assertThatThrownBy(() -> post(Status.OK, "AWAY").get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(StoreUnavailableException.class);

        proxy.restore();
        await().untilAsserted(() -> assertThat(node.store.problem()).isNull());
        post(Status.OK, "LAST").get(10, TimeUnit.SECONDS);
        assertThat(jobsInTable()).doesNotContain("AWAY").endsWith("LAST");
        assertThat(node.store.board().sequence()).isEqualTo(jobsInTable().size());
        assertThat(node.changes).extracting(StatusChange::revision).doesNotHaveDuplicates();
        assertThat(node.count("epmpulse.journal.unknown", "result", "told")).isEqualTo(1);
    }

    @Test
    void updatesAreRefusedWhileTheDatabaseIsAwayAndTheBoardStaysReadable() throws Exception {
        post(Status.LOADING, "FIRST").get(10, TimeUnit.SECONDS);
        proxy.cut();

        assertThatThrownBy(() -> post(Status.OK, "AWAY").get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(node.store.problem()).startsWith("the journal cannot be written: the database");
        assertThat(node.store.board().of(TestingNode.ACTUAL).status()).isEqualTo(Status.LOADING);

        proxy.restore();
        await().untilAsserted(() -> assertThat(node.store.problem()).isNull());
        assertThat(jobsInTable()).containsExactly("FIRST");
    }

    @Test
    void anIdleNodeNoticesThatTheDatabaseIsAway() throws Exception {
        post(Status.LOADING, "FIRST").get(10, TimeUnit.SECONDS);
        proxy.cut();

        await().untilAsserted(() -> assertThat(node.store.problem()).contains("the database does not answer since "));
        assertThat(node.store.asOf()).isNotNull();
        assertThat(node.store.latest().get(10, TimeUnit.SECONDS).revision()).isEqualTo(1);

        proxy.restore();
        await().untilAsserted(() -> assertThat(node.store.problem()).isNull());
        await().untilAsserted(() -> assertThat(node.store.asOf()).isNull());
        assertThat(post(Status.OK, "LAST").get(10, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    void aCommitWhoseWaitForTheStandbyIsCancelledIsNotAcknowledgedBeforeALaterOneReachesIt() throws Exception {
        post(Status.LOADING, "FIRST").get(10, TimeUnit.SECONDS);
        try (Connection admin = TestingPostgres.connect(direct);
                Statement statement = admin.createStatement()) {
            TestingPostgres.requireStandby(statement, true);
            try {
                CompletableFuture<List<Entry>> waiting = post(Status.OK, "WAITS");
                await().until(() -> cancelWaiting(statement));

                assertThatThrownBy(() -> waiting.get(2, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
                assertThat(waiting.isDone() && !waiting.isCompletedExceptionally())
                        .isFalse();
            } finally {
                // Otherwise the commits of all tests on this server would wait.
                TestingPostgres.requireStandby(statement, false);
            }
            await().untilAsserted(() -> assertThat(node.store.problem()).isNull());
        }
        assertThat(jobsInTable()).containsExactly("FIRST", "WAITS");
    }

    private static boolean cancelWaiting(Statement admin) throws Exception {
        try (ResultSet row = admin.executeQuery("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                + " WHERE wait_event = 'SyncRep' AND application_name LIKE 'epmpulse/%'")) {
            row.next();
            return row.getInt(1) > 0;
        }
    }
}
