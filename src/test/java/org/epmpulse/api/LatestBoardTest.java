package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.epmpulse.board.TestingEventReader;
import org.epmpulse.http.TestingApi;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of a store to which other nodes write, too. */
class LatestBoardTest {

    private static final String AS_OF = "EPMPulse-As-Of";

    @AutoClose
    private final TestingApi api = new TestingApi();

    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private static ValidatedUpdate update(String jobId) {
        DomainId id = new DomainId("FCCS", "Consolidation");
        return ValidatedUpdate.of(id, Status.WARNING, jobId, null, null);
    }

    static List<String> reads() {
        return List.of(
                "/api/v1/status",
                "/api/v1/status/FCCS",
                "/api/v1/jobs",
                "/api/v1/jobs/LOAD_ELSEWHERE",
                "/api/v1/window",
                "/api/v1/domains/FCCS/Consolidation",
                "/api/v1/runs");
    }

    private CompletableFuture<HttpResponse<String>> getLater(String path) {
        return CompletableFuture.supplyAsync(() -> api.get(path), threads);
    }

    @ParameterizedTest
    @MethodSource("reads")
    void aReadShowsWhatAnotherNodeHadRecordedBefore(String path) {
        CompletableFuture<Board> look = api.store.holdLook();
        CompletableFuture<HttpResponse<String>> read = getLater(path);
        await().until(() -> api.store.looks() == 1);
        assertThat(read).isNotDone();

        api.store.recordElsewhere(update("LOAD_ELSEWHERE"));
        look.complete(Board.EMPTY);

        assertThat(read.join().statusCode()).isEqualTo(200);
        assertThat(read.join().body()).contains("LOAD_ELSEWHERE", "Warning");
    }

    @Test
    void aLookThatFailsShowsWhatIsKnown() {
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");
        CompletableFuture<Board> look = api.store.holdLook();
        CompletableFuture<HttpResponse<String>> read = getLater("/api/v1/status");
        await().until(() -> api.store.looks() == 1);

        look.completeExceptionally(new IllegalStateException("the look failed"));

        assertThat(read.join().statusCode()).isEqualTo(200);
        assertThat(read.join().body()).contains("\"status\":\"OK\"");
    }

    @Test
    void readsOfTheBoardThatWaitHoldUpNoOtherRequest() {
        CompletableFuture<Board> look = api.store.holdLook();
        List<CompletableFuture<HttpResponse<String>>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            reads.add(getLater("/api/v1/status"));
        }
        await().until(() -> api.store.looks() == 100);

        assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(api.get("/health").statusCode()).isEqualTo(200);
        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}").statusCode())
                .isEqualTo(200);

        look.complete(Board.EMPTY);
        assertThat(reads).allSatisfy(read -> assertThat(read.join().body()).contains("\"status\":\"OK\""));
    }

    @Test
    void aStreamResumesAfterAnEventOfAnotherNode() throws Exception {
        CompletableFuture<Board> look = api.store.holdLook();
        CompletableFuture<TestingEventReader> opened = CompletableFuture.supplyAsync(
                () -> new TestingEventReader(api.uri("/api/v1/events"), TestingApi.READ_KEY, "Last-Event-ID", "1"),
                threads);
        await().until(() -> api.store.looks() == 1);
        assertThat(opened).isNotDone();

        api.store.recordElsewhere(update("LOAD_1"));
        look.complete(Board.EMPTY);

        try (TestingEventReader stream = opened.join()) {
            assertThat(stream.status()).isEqualTo(200);
            api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");
            assertThat(stream.next().name()).isEqualTo("status");
        }
    }

    @ParameterizedTest
    @MethodSource("reads")
    void whileTheDatabaseIsAwayAReplySaysUpToWhenItIsComplete(String path) {
        api.store.recordElsewhere(update("LOAD_ELSEWHERE"));
        assertThat(api.get(path).headers().firstValue(AS_OF)).isEmpty();

        api.store.setAsOf(Instant.parse("2026-02-16T14:29:58Z"));
        HttpResponse<String> away = api.get(path);
        HttpResponse<String> notModified = api.get(path, "If-None-Match", "*");

        assertThat(away.statusCode()).isEqualTo(200);
        assertThat(away.headers().allValues(AS_OF)).containsExactly("2026-02-16T14:29:58Z");
        assertThat(notModified.headers().allValues(AS_OF)).containsExactly("2026-02-16T14:29:58Z");

        api.store.setAsOf(null);
        assertThat(api.get(path).headers().firstValue(AS_OF)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("reads")
    void aReplyIsMarkedAsItsBoardWasRead(String path) {
        api.store.recordElsewhere(update("LOAD_ELSEWHERE"));

        api.store.setAsOfUntilRead(Instant.parse("2026-02-16T14:29:58Z"));

        assertThat(api.get(path).headers().firstValue(AS_OF)).contains("2026-02-16T14:29:58Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "status/FCCS", "window", "domains/FCCS/Consolidation", "runs"})
    void aTimeInThePastThatThisNodeMayNotKnowIsMarked(String path) {
        Instant asOf = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
        api.store.setAsOf(asOf);

        HttpResponse<String> reply = api.get("/api/v1/" + path + "?at=" + asOf.plusSeconds(30));

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue(AS_OF)).contains(asOf.toString());
    }

    @Test
    void aJobThatMayBeKnownToOtherNodesIsUnknownAsOfATime() {
        assertThat(api.get("/api/v1/jobs/LOAD_ELSEWHERE").headers().firstValue(AS_OF))
                .isEmpty();

        api.store.setAsOf(Instant.parse("2026-02-16T14:29:58Z"));
        HttpResponse<String> away = api.get("/api/v1/jobs/LOAD_ELSEWHERE");

        assertThat(away.statusCode()).isEqualTo(404);
        assertThat(away.body()).contains("\"NOT_FOUND\"", "Unknown job.");
        assertThat(away.headers().firstValue(AS_OF)).contains("2026-02-16T14:29:58Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "window", "domains/FCCS/Consolidation", "runs"})
    void whatIsShownOfThePastIsComplete(String path) {
        api.store.setAsOf(Instant.parse("2026-02-16T14:29:58Z"));

        HttpResponse<String> past = api.get("/api/v1/" + path + "?at=2026-02-16");

        assertThat(past.statusCode()).isEqualTo(200);
        assertThat(past.headers().firstValue(AS_OF)).isEmpty();
    }
}
