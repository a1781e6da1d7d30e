package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that hangs while it holds the right to write does not hold up the others for long. */
class SqlLockTest {

    /** Of its own, because a test changes a setting of the whole server. */
    private static TestingServer server;

    private DatabaseSettings settings;

    @AutoClose
    private TcpProxy proxy;

    @AutoClose
    private TestingNode hanging;

    @AutoClose
    private TestingNode other;

    @BeforeAll
    static void startServer() throws Exception {
        server = TestingServer.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        settings = TestingPostgres.newSchema(server);
        proxy = new TcpProxy(server.port());
        hanging = new TestingNode(TestingPostgres.named(TestingPostgres.through(settings, proxy.port()), "hanging"));
        other = new TestingNode(TestingPostgres.named(settings, "other"));
        hanging.post(Status.LOADING, "FIRST").get(30, TimeUnit.SECONDS);
    }

    @Test
    void aNodeThatStopsInTheMiddleOfAMessageIsEndedByTheOthers() throws Exception {
        proxy.cutOnce("INSERT INTO journal", TcpProxy.Cut.STALL);
        // Much longer than what the proxy reads at a time, so the server waits for the rest of the message.
        String message = "m".repeat(200);
        List<ValidatedUpdate> large = IntStream.range(0, 3_000)
                .mapToObj(i -> ValidatedUpdate.of(TestingNode.ACTUAL, Status.LOADING, "HANG" + i, message, "tester"))
                .toList();
        CompletableFuture<List<Entry>> hung = hanging.store.record(large, true, null);
        await().until(proxy::hasCut);

        Entry entry = postUntilRecorded("OTHER");

        assertThat(entry.revision()).isEqualTo(2);
        assertThat(other.count("epmpulse.blockers.ended")).isEqualTo(1);
        proxy.cut();
        assertThat(hung).isNotNull();
    }

    @Test
    void aNodeThatStopsBetweenTwoMessagesIsEndedByTheServer() throws Exception {
        proxy.cutOnce("FOR UPDATE", TcpProxy.Cut.STALL);
        hanging.post(Status.OK, "HANG");
        await().until(proxy::hasCut);

        assertThat(postUntilRecorded("OTHER").revision()).isEqualTo(2);
        proxy.cut();
    }

    @Test
    void aNodeThatStopsInATransactionOfTheActiveNodeDoesNotKeepTheLease() throws Exception {
        hanging.lease.poll();
        proxy.cutOnce("FOR SHARE", TcpProxy.Cut.STALL);
        CompletableFuture<Void> hung = CompletableFuture.runAsync(() -> write("document"));
        await().until(proxy::hasCut);

        awaitTakeover();

        proxy.cut();
        assertThat(hung).failsWithin(Duration.ofSeconds(30));
    }

    @Test
    void aNodeThatStopsInTheMiddleOfADocumentDoesNotKeepTheLease() throws Exception {
        hanging.lease.poll();
        proxy.cutOnce("INSERT INTO document", TcpProxy.Cut.STALL);
        CompletableFuture<Void> hung = CompletableFuture.runAsync(() -> write("d".repeat(5_000_000)));
        await().until(proxy::hasCut);

        awaitTakeover();

        assertThat(other.count("epmpulse.blockers.ended")).isEqualTo(1);
        proxy.cut();
        assertThat(hung).failsWithin(Duration.ofSeconds(30));
    }

    private void write(String content) {
        try {
            new SqlDocuments(hanging.database, hanging.writes)
                    .write("slack/alerts.json", content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitTakeover() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            other.lease.poll();
            return other.lease.active();
        });
    }

    /** A client sends its request again, as long as nothing was recorded. */
    private Entry postUntilRecorded(String job) {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> other.post(Status.LOADING, job)
                                .handle((entries, failure) -> entries == null ? null : entries.get(0))
                                .get(30, TimeUnit.SECONDS),
                        entry -> entry != null);
    }

    @Test
    void aNodeThatWaitsForTheStandbyIsLeftAlone() throws Exception {
        try (Connection admin = server.connect();
                Statement statement = admin.createStatement()) {
            TestingPostgres.requireStandby(statement, true);
            CompletableFuture<List<Entry>> waiting = hanging.post(Status.OK, "WAITS");
            await().until(() -> waitsForStandby(statement));

            assertThatThrownBy(() -> other.post(Status.OK, "OTHER").get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StoreUnavailableException.class);

            assertThat(waitsForStandby(statement)).isTrue();
            TestingPostgres.requireStandby(statement, false);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(hanging.store.problem()).isNull();
                assertThat(other.store.problem()).isNull();
            });
            assertThat(waiting.isDone()).isTrue();
        }
        assertThat(other.count("epmpulse.blockers.ended")).isZero();
        assertThat(other.latest().jobs().get("WAITS")).isNotNull();
        assertThat(other.store.board().jobs().get("OTHER")).isNull();
    }

    private static boolean waitsForStandby(Statement admin) throws Exception {
        try (ResultSet row = admin.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                + " AND application_name = 'epmpulse/hanging'")) {
            row.next();
            return row.getInt(1) > 0;
        }
    }
}
