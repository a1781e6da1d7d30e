package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;
import static org.epmpulse.store.journal.TestingStore.update;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guarantees of the store with a working and with a failing disk. */
class JournalStatusStoreTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @AutoClose
    private TestingStore testing;

    @BeforeEach
    void open() throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
    }

    @Test
    void anAcceptedUpdateIsInTheJournalBeforeTheReply() throws Exception {
        Entry entry = testing.record(ACTUAL, Status.LOADING, "LOAD_1");

        assertThat(entry.revision()).isEqualTo(1);
        JsonNode line = JSON.readTree(Files.readString(testing.journal()));
        assertThat(line.path("rev").asLong()).isEqualTo(1);
        assertThat(line.path("received").asText()).isEqualTo("2026-03-31T12:00:00Z");
        assertThat(line.path("app").asText()).isEqualTo("Planning");
        assertThat(line.path("status").asText()).isEqualTo("Loading");
        assertThat(line.path("outcome").asText()).isEqualTo("recorded");
        assertThat(line.path("key").asText()).isEqualTo("tester");
        assertThat(line.has("message")).isFalse();
    }

    @Test
    void theLatestBoardIsKnownAtOnceAndTheSameUntilAChange() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "LOAD_1");
        CompletableFuture<Board> first = testing.store().latest();

        assertThat(first).isCompletedWithValue(testing.board());
        assertThat(testing.store().latest()).isSameAs(first);
        assertThat(testing.store().asOf()).isNull();

        testing.record(ACTUAL, Status.OK, "LOAD_1");

        assertThat(testing.store().latest()).isCompletedWithValueMatching(board -> board.revision() == 2);
    }

    @Test
    void theChecksumOfALineCoversItsBytesBeforeThatField() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "Ärger 😀 \"|\"");

        String line = Files.readString(testing.journal());
        CRC32C crc = new CRC32C();
        crc.update(line.substring(0, line.indexOf("\"crc\"")).getBytes(StandardCharsets.UTF_8));
        assertThat(JSON.readTree(line).path("crc").asLong()).isEqualTo(crc.getValue());
    }

    @Test
    void theBoardIsRecoveredAfterARestart() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "LOAD_1");
        testing.now = testing.now.plusSeconds(145);
        testing.record(ACTUAL, Status.OK, "LOAD_1");
        var before = testing.board();
        String id = testing.store().id();

        testing.reopen();

        assertThat(testing.board().domains()).isEqualTo(before.domains());
        assertThat(testing.board().revision()).isEqualTo(2);
        assertThat(testing.board().jobs().get("LOAD_1")).isEqualTo(before.jobs().get("LOAD_1"));
        assertThat(testing.actual().durationSec()).isEqualTo(145);
        assertThat(testing.store().id()).isEqualTo(id);
    }

    @Test
    void theBoardIsRecoveredWithoutTheStateFile() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "LOAD_1");
        testing.record(ACTUAL, Status.LOADING, "LOAD_1");
        testing.now = testing.now.plusSeconds(145);
        testing.record(ACTUAL, Status.OK, "LOAD_1");
        testing.record(BUDGET, Status.WARNING, null);
        var before = testing.board();
        testing.close();
        Files.delete(testing.root.resolve("apps_status.json"));

        testing.open();

        assertThat(testing.board().domains()).isEqualTo(before.domains());
        assertThat(testing.board().sequence()).isEqualTo(before.sequence());
        assertThat(testing.board().jobs().get("LOAD_1")).isEqualTo(before.jobs().get("LOAD_1"));
    }

    @Test
    void onlyTheOwnerCanAccessTheFiles() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "LOAD_1");
        // Otherwise the thread that writes the state file could rename a file during the check.
        testing.close();

        try (var files = Files.walk(testing.root)) {
            for (Path file : files.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertThat(mode).as(file.toString()).isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void aBatchOfAThousandNeedsOneForcedWriteAndHasConsecutiveRevisions() {
        List<ValidatedUpdate> updates = IntStream.range(0, 1000)
                .mapToObj(i -> update(new DomainId("Planning", "D" + i), Status.OK, "NIGHT"))
                .toList();

        List<Entry> entries = testing.record(updates, true, null);

        assertThat(testing.disk.forces.get()).isEqualTo(1);
        assertThat(entries)
                .extracting(Entry::revision)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 1000).mapToObj(Long::valueOf).toList());
    }

    @Test
    void queuedRequestsAreForcedTogether() throws Exception {
        testing.disk.held = new CountDownLatch(1);
        List<CompletableFuture<List<Entry>>> replies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            replies.add(testing.store()
                    .record(List.of(update(new DomainId("Planning", "D" + i), Status.OK, null)), false, null));
        }
        testing.disk.held.countDown();
        for (CompletableFuture<List<Entry>> reply : replies) {
            reply.join();
        }

        assertThat(testing.disk.forces.get()).isBetween(1, 2);
        assertThat(testing.board().revision()).isEqualTo(50);
    }

    @Test
    void anUpdateIsNotShownBeforeItIsOnDisk() throws Exception {
        testing.disk.held = new CountDownLatch(1);

        CompletableFuture<List<Entry>> reply =
                testing.store().record(List.of(update(ACTUAL, Status.OK, null)), false, null);

        assertThat(reply).isNotDone();
        assertThat(testing.board().revision()).isZero();
        testing.disk.held.countDown();
        reply.join();
        assertThat(testing.board().revision()).isEqualTo(1);
    }

    @Test
    void noUpdateOfSixteenConcurrentWritersIsLost() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(16);
        List<Future<?>> done = new ArrayList<>();
        for (int w = 0; w < 16; w++) {
            int writer = w;
            done.add(writers.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    testing.record(new DomainId("Planning", writer + "-" + i), Status.OK, "J" + i);
                }
            }));
        }
        for (Future<?> future : done) {
            future.get();
        }
        writers.shutdown();

        testing.reopen();

        assertThat(testing.board().revision()).isEqualTo(3200);
        assertThat(testing.board().domains().size()).isEqualTo(3200);
        List<Long> revisions =
                testing
                        .store()
                        .history(new HistoryQuery(null, null, null, null, null, null, 1000, null))
                        .entries()
                        .stream()
                        .map(Entry::revision)
                        .toList();
        assertThat(revisions).hasSize(1000).startsWith(3200L, 3199L).doesNotHaveDuplicates();
    }

    @Test
    void listenersReceiveEveryChangeInTheOrderOfTheRevisions() {
        List<StatusChange> received = new CopyOnWriteArrayList<>();
        testing.changes.add(received::add);

        testing.record(ACTUAL, Status.LOADING, "J");
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.record(ACTUAL, Status.WARNING, "J");

        assertThat(received).extracting(StatusChange::revision).containsExactly(1L, 2L);
        assertThat(received.get(1).before().status()).isEqualTo(Status.LOADING);
        assertThat(received.get(1).status()).isEqualTo("Warning");
    }

    @Test
    void aListenerThatThrowsDoesNotAffectUpdates() {
        testing.changes.add(change -> {
            throw new IllegalStateException("a bad listener");
        });

        testing.record(ACTUAL, Status.LOADING, "J");

        assertThat(testing.record(ACTUAL, Status.OK, "J").outcome()).isEqualTo(Outcome.RECORDED);
    }

    /** Simulates a bug of a rule by an update without a status. */
    private static ValidatedUpdate updateThatFailsTheRules(DomainId id) {
        return ValidatedUpdate.of(id, null, null, null, "tester");
    }

    @Test
    void aRuleThatThrowsFailsOnlyItsRequest() throws Exception {
        testing.disk.held = new CountDownLatch(1);
        var first = testing.store().record(List.of(update(ACTUAL, Status.LOADING, "A")), false, null);
        var before = testing.store().record(List.of(update(BUDGET, Status.LOADING, "B")), false, null);
        var broken = testing.store()
                .record(
                        List.of(update(ACTUAL, Status.OK, "A"), updateThatFailsTheRules(BUDGET)),
                        true,
                        new Idempotency("k", "h"));
        var after = testing.store().record(List.of(update(BUDGET, Status.OK, "B")), false, null);
        testing.disk.held.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS).get(0).revision()).isEqualTo(1);
        assertThat(before.get(10, TimeUnit.SECONDS).get(0).revision()).isEqualTo(2);
        assertThat(after.get(10, TimeUnit.SECONDS).get(0).revision()).isEqualTo(3);
        assertThatThrownBy(() -> broken.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NullPointerException")
                .hasNoCause();
        assertThat(testing.actual().status()).isEqualTo(Status.LOADING);
        assertThat(testing.store().problem()).isNull();
        assertThat(Files.readString(testing.journal()).lines()).hasSize(3);
        assertThat(testing.record(ACTUAL, Status.OK, "A").revision()).isEqualTo(4);
        testing.reopen();
        assertThat(testing.board().revision()).isEqualTo(4);
    }

    @Test
    void theReplyIsSentAlsoWhenAListenerThrowsAnError() throws Exception {
        testing.changes.add(change -> {
            throw new AssertionError("simulated");
        });

        var entries = testing.store().record(List.of(update(ACTUAL, Status.LOADING, "A")), false, null);

        assertThat(entries.get(10, TimeUnit.SECONDS).get(0).revision()).isEqualTo(1);
    }

    @Test
    void aRequestDuringTheStopGetsAReply() {
        JournalStatusStore store = testing.store();
        List<ValidatedUpdate> updates = new AbstractList<>() {
            @Override
            public ValidatedUpdate get(int index) {
                return update(ACTUAL, Status.OK, null);
            }

            @Override
            public int size() {
                return 1;
            }

            /** Called to copy the list, after the check that the store is open. */
            @Override
            public Object[] toArray() {
                store.close();
                return new Object[] {get(0)};
            }
        };

        var late = store.record(updates, false, null);

        assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void afterAFatalErrorOfTheWriterRequestsFailAndHealthReportsIt() {
        testing.disk.held = new CountDownLatch(1);
        testing.disk.fatal = true;
        var first = testing.store().record(List.of(update(ACTUAL, Status.LOADING, "A")), false, null);
        var second = testing.store().record(List.of(update(BUDGET, Status.LOADING, "B")), false, null);
        testing.disk.held.countDown();

        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        // Either in the same group or still queued.
        assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfAny(IllegalStateException.class, StoreUnavailableException.class);
        await().until(() -> testing.store().problem() != null);
        assertThat(testing.store().problem()).isEqualTo("the journal writer stopped, see the log");
        var later = testing.store().record(List.of(update(BUDGET, Status.LOADING, "B")), false, null);
        assertThatThrownBy(() -> later.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void updatesFailCompletelyWhenTheDiskIsFull() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.disk.full = true;

        // A second later the store looks whether it can write again, and this disk is full for the journal only.
        await().untilAsserted(() -> {
            assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J"))
                    .isInstanceOf(StoreUnavailableException.class);
            assertThat(testing.store().problem()).contains("No space left on device");
            assertThat(testing.meters.get("epmpulse.store.writable").gauge().value())
                    .isZero();
        });
        assertThat(testing.actual().status()).isEqualTo(Status.LOADING);
        assertThat(Files.readAllLines(testing.journal())).hasSize(1);
    }

    @Test
    void updatesAreAcceptedWhenTheDiskHasSpaceAgain() throws Exception {
        testing.disk.full = true;
        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J")).isInstanceOf(StoreUnavailableException.class);
        testing.disk.full = false;

        Entry entry = testing.record(ACTUAL, Status.OK, "J");

        assertThat(entry.revision()).isEqualTo(1);
        assertThat(testing.store().problem()).isNull();
        assertThat(testing.meters.get("epmpulse.store.writable").gauge().value())
                .isOne();
        testing.reopen();
        assertThat(testing.actual().status()).isEqualTo(Status.OK);
    }

    @Test
    void healthRecoversBeforeTheNextUpdateWhenTheDiskHasSpaceAgain() {
        testing.disk.full = true;
        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J")).isInstanceOf(StoreUnavailableException.class);

        await().atMost(Duration.ofSeconds(20)).until(() -> testing.store().problem() == null);
    }

    @Test
    void anUpdateIsNotAcknowledgedWhenTheForceFails() throws Exception {
        testing.disk.forceFails = true;

        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J")).isInstanceOf(StoreUnavailableException.class);

        testing.disk.forceFails = false;
        testing.reopen();
        assertThat(testing.board().revision()).isZero();
        assertThat(Files.size(testing.journal())).isZero();
    }

    @Test
    void aFailedWriteThatCannotBeUndoneStopsAllWritesUntilARestart() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.disk.full = true;
        testing.disk.truncateFails = true;
        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J")).isInstanceOf(StoreUnavailableException.class);
        testing.disk.full = false;

        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J")).isInstanceOf(StoreUnavailableException.class);

        assertThat(testing.store().problem()).isNotNull();
        testing.disk.truncateFails = false;
        testing.reopen();
        assertThat(testing.actual().status()).isEqualTo(Status.LOADING);
        assertThat(testing.record(ACTUAL, Status.OK, "J").revision()).isEqualTo(2);
    }

    @Test
    void aRefusedUpdateThatCannotBeUndoneIsNotThereAfterAKill() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.disk.forceFails = true;
        testing.disk.truncateFails = true;
        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "J")).isInstanceOf(StoreUnavailableException.class);

        // The files as a process finds them that starts after a kill.
        Path killed = Files.createDirectories(folder.resolve("killed/history"));
        Files.copy(testing.journal(), killed.resolve(testing.journal().getFileName()));
        testing.disk.forceFails = false;
        testing.disk.truncateFails = false;

        try (TestingStore after = new TestingStore(killed.getParent()).open()) {
            assertThat(after.actual().status()).isEqualTo(Status.LOADING);
            assertThat(after.board().revision()).isEqualTo(1);
            assertThat(after.store().quarantined()).isZero();
        }
    }

    @Test
    void aRepeatedRequestGetsTheFirstReplyAlsoAfterARestart() throws Exception {
        Idempotency key = new Idempotency("abc", "0".repeat(64));
        List<ValidatedUpdate> request = List.of(update(ACTUAL, Status.LOADING, "J"));
        List<Entry> first = testing.record(request, false, key);
        testing.record(ACTUAL, Status.OK, "J");

        List<Entry> second = testing.record(request, false, key);
        testing.reopen();
        List<Entry> third = testing.record(request, false, key);

        assertThat(second).isEqualTo(first);
        assertThat(third).isEqualTo(first);
        assertThat(testing.actual().status()).isEqualTo(Status.OK);
        assertThat(testing.board().revision()).isEqualTo(2);
    }

    @Test
    void aRepeatedDuplicateRemainsADuplicateAfterTheBoardHasChanged() throws Exception {
        Idempotency key = new Idempotency("abc", "0".repeat(64));
        List<ValidatedUpdate> request = List.of(update(ACTUAL, Status.LOADING, "J"));
        testing.record(ACTUAL, Status.LOADING, "J");
        assertThat(testing.record(request, false, key).get(0).outcome()).isEqualTo(Outcome.DUPLICATE);
        testing.record(ACTUAL, Status.OK, "J");

        testing.reopen();
        Entry repeated = testing.record(request, false, key).get(0);

        assertThat(repeated.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(repeated.revision()).isEqualTo(1);
        assertThat(testing.actual().status()).isEqualTo(Status.OK);
    }

    @Test
    void anotherBodyWithTheSameKeyIsAConflict() {
        testing.record(List.of(update(ACTUAL, Status.LOADING, "J")), false, new Idempotency("abc", "0".repeat(64)));

        assertThatThrownBy(() -> testing.record(
                        List.of(update(ACTUAL, Status.OK, "J")), false, new Idempotency("abc", "1".repeat(64))))
                .isInstanceOf(IdempotencyConflictException.class);
        assertThat(testing.actual().status()).isEqualTo(Status.LOADING);
    }

    @Test
    void aRepeatedRequestWaitsForTheFirstOneInFlight() throws Exception {
        Idempotency key = new Idempotency("abc", "0".repeat(64));
        List<ValidatedUpdate> request = List.of(update(ACTUAL, Status.LOADING, "J"));
        testing.disk.held = new CountDownLatch(1);
        var first = testing.store().record(request, false, key);
        var second = testing.store().record(request, false, key);
        var third = testing.store().record(request, false, key);
        assertThat(second).isNotDone();
        testing.disk.held.countDown();

        assertThat(second.join()).isEqualTo(first.join());
        assertThat(third.join()).isEqualTo(first.join());
        assertThat(Files.readAllLines(testing.journal())).hasSize(1);
    }

    @Test
    void aFailedRequestIsNotRemembered() throws Exception {
        Idempotency key = new Idempotency("abc", "0".repeat(64));
        List<ValidatedUpdate> request = List.of(update(ACTUAL, Status.LOADING, "J"));
        testing.disk.full = true;
        assertThatThrownBy(() -> testing.record(request, false, key)).isInstanceOf(StoreUnavailableException.class);
        testing.disk.full = false;

        assertThat(testing.record(request, false, key).get(0).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void anIdempotencyKeyExpiresAfterADay() {
        Idempotency key = new Idempotency("abc", "0".repeat(64));
        testing.record(List.of(update(ACTUAL, Status.LOADING, "J")), false, key);
        testing.now = testing.now.plus(Duration.ofHours(24)).plusSeconds(1);

        Entry entry = testing.record(List.of(update(ACTUAL, Status.LOADING, "J")), false, key)
                .get(0);

        assertThat(entry.revision()).isEqualTo(2);
    }

    @Test
    void aDayIsCompressedWhenTheNextDayBegins() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path yesterday = testing.journal();
        byte[] lines = Files.readAllBytes(yesterday);
        testing.now = testing.now.plus(Duration.ofDays(1));

        testing.record(ACTUAL, Status.OK, "J");

        Path compressed = yesterday.resolveSibling(yesterday.getFileName() + ".gz");
        await().until(() -> Files.exists(compressed) && !Files.exists(yesterday));
        try (var in = new GZIPInputStream(Files.newInputStream(compressed))) {
            assertThat(in.readAllBytes()).isEqualTo(lines);
        }
        Files.delete(testing.root.resolve("quarantine").resolveSibling("apps_status.json"));
        testing.reopen();
        assertThat(testing.actual().status()).isEqualTo(Status.OK);
        assertThat(testing.actual().durationSec()).isEqualTo(86_400);
    }

    @Test
    void theStateFileFollowsWhileADayIsCompressed() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path yesterday = testing.journal();
        // Blocks whoever writes it until somebody reads it.
        Path pipe = yesterday.resolveSibling(yesterday.getFileName() + ".gz.tmp");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        testing.now = testing.now.plus(Duration.ofDays(1));

        testing.record(ACTUAL, Status.OK, "J");
        await().untilAsserted(() -> assertThat(stateFile()).contains("\"revision\":2"));
        testing.record(BUDGET, Status.OK, "after midnight");
        await().untilAsserted(() -> assertThat(stateFile()).contains("after midnight"));

        assertThat(yesterday).exists();
        try (var written = Files.newInputStream(pipe)) {
            // Before it is read to its end, so that the next attempt cannot wait for another reader of the pipe.
            Files.deleteIfExists(pipe);
            written.transferTo(OutputStream.nullOutputStream());
        }
        // A duplicate is not in the journal, so it would not cause another attempt.
        AtomicInteger job = new AtomicInteger();
        await().until(() -> {
            testing.record(ACTUAL, Status.OK, "J" + job.incrementAndGet());
            return !Files.exists(yesterday);
        });
    }

    private String stateFile() throws IOException {
        return Files.readString(testing.root.resolve("apps_status.json"));
    }

    @Test
    void anIdempotencyKeyOfACompressedDayIsStillValid() throws Exception {
        Idempotency key = new Idempotency("abc", "0".repeat(64));
        List<ValidatedUpdate> batch = List.of(update(ACTUAL, Status.OK, "J"), update(BUDGET, Status.OK, "J"));
        testing.record(BUDGET, Status.LOADING, "J");
        List<Entry> first = testing.record(batch, true, key);
        Path yesterday = testing.journal();
        testing.now = testing.now.plus(Duration.ofHours(13));
        testing.record(ACTUAL, Status.LOADING, "K");
        await().until(() -> !Files.exists(yesterday));

        testing.reopen();
        List<Entry> repeated = testing.record(batch, true, key);

        assertThat(repeated)
                .extracting(Entry::revision)
                .isEqualTo(first.stream().map(Entry::revision).toList());
        assertThat(repeated)
                .extracting(Entry::durationSec)
                .isEqualTo(first.stream().map(Entry::durationSec).toList());
    }

    @Test
    void theOldestDaysAreDeletedFirst() throws Exception {
        testing.close();
        testing.retention = new JournalStatusStore.Retention(3, 10_000_000_000L);
        testing.open();
        for (int day = 0; day < 6; day++) {
            testing.record(ACTUAL, Status.OK, "J" + day);
            testing.now = testing.now.plus(Duration.ofDays(1));
        }

        await().untilAsserted(() -> {
            try (var files = Files.list(testing.root.resolve("history"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("2026-04-03.jsonl.gz", "2026-04-04.jsonl.gz", "2026-04-05.jsonl");
            }
        });
    }

    @Test
    void theHistoryContainsAllDaysTheLatestEntryFirst() throws Exception {
        for (int i = 0; i < 30; i++) {
            testing.record(i % 2 == 0 ? ACTUAL : BUDGET, Status.OK, "J" + i);
            testing.now = testing.now.plus(Duration.ofHours(5));
        }

        List<String> jobs = new ArrayList<>();
        String cursor = null;
        do {
            HistoryPage page =
                    testing.store().history(new HistoryQuery("Planning", "Actual", null, null, null, null, 4, cursor));
            page.entries().forEach(entry -> jobs.add(entry.jobId()));
            cursor = page.next();
        } while (cursor != null);

        assertThat(jobs)
                .containsExactlyElementsOf(
                        IntStream.range(0, 15).mapToObj(i -> "J" + (28 - 2 * i)).toList());
    }

    @Test
    void theHistoryIsFilteredByTimeJobAndStatus() throws Exception {
        Instant start = testing.now;
        testing.record(ACTUAL, Status.LOADING, "A");
        testing.now = start.plusSeconds(60);
        testing.record(ACTUAL, Status.WARNING, "A");
        testing.now = start.plusSeconds(120);
        testing.record(ACTUAL, Status.OK, "B");

        assertThat(testing.store()
                        .history(new HistoryQuery(null, null, "A", null, null, null, 10, null))
                        .entries())
                .hasSize(2);
        assertThat(testing.store()
                        .history(new HistoryQuery(null, null, null, Status.WARNING, null, null, 10, null))
                        .entries())
                .hasSize(1);
        assertThat(testing.store()
                        .history(new HistoryQuery(
                                null, null, null, null, start.plusSeconds(60), start.plusSeconds(120), 10, null))
                        .entries())
                .extracting(Entry::status)
                .containsExactly(Status.WARNING);
    }

    @Test
    void theHistoryDoesNotContainUnacknowledgedUpdates() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.disk.held = new CountDownLatch(1);
        var reply = testing.store().record(List.of(update(ACTUAL, Status.OK, "J")), false, null);
        await().until(() -> Files.readAllLines(testing.journal()).size() == 2);

        var entries = testing.store()
                .history(new HistoryQuery(null, null, null, null, null, null, 10, null))
                .entries();

        assertThat(entries).hasSize(1);
        testing.disk.held.countDown();
        reply.join();
    }

    @Test
    void anInvalidCursorIsRejected() {
        assertThatThrownBy(() ->
                        testing.store().history(new HistoryQuery(null, null, null, null, null, null, 10, "../../etc")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theStateFileIsUpdatedInTheSchemaOfVersionOne() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.now = testing.now.plusSeconds(5);
        testing.record(ACTUAL, Status.OK, "J");

        await().untilAsserted(() -> {
            JsonNode state = JSON.readTree(Files.readString(testing.root.resolve("apps_status.json")));
            assertThat(state.path("revision").asLong()).isEqualTo(2);
            assertThat(state.path("version").asText()).isEqualTo("1.0");
            JsonNode actual = state.at("/apps/Planning/domains/Actual");
            assertThat(actual.path("status").asText()).isEqualTo("OK");
            assertThat(actual.path("duration_sec").asLong()).isEqualTo(5);
            assertThat(state.at("/apps/Planning/domains/Budget/status").asText())
                    .isEqualTo("Blank");
            assertThat(state.at("/recent_jobs/0/job_id").asText()).isEqualTo("J");
        });
    }

    @Test
    void onlyOneProcessCanOpenAFolder() {
        assertThatThrownBy(() -> DataFolder.open(testing.root)).hasMessageContaining("in use by another EPMPulse");
    }

    @Test
    void theStartSucceedsWhenAFullDiskPreventsWritingTheProcessId() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path root = Files.createDirectory(testing.root.resolveSibling("full"));
        Files.createSymbolicLink(root.resolve("epmpulse.lock"), full);

        DataFolder.open(root).close();

        assertThat(root.resolve("history")).isDirectory();
    }

    @Test
    void theLastClosedDayIsNotReopened() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path closed = testing.journal();
        testing.now = testing.now.plus(Duration.ofDays(1));
        testing.record(ACTUAL, Status.OK, "J");
        await().until(() -> !Files.exists(closed));
        testing.close();
        Files.delete(testing.journal());

        testing.open();
        testing.record(BUDGET, Status.OK, "K");
        testing.now = testing.now.plus(Duration.ofDays(1));
        testing.record(BUDGET, Status.OK, "L");
        Path next = testing.root.resolve("history").resolve("2026-04-01.jsonl");
        await().until(() -> !Files.exists(next));

        assertThat(Files.exists(closed)).isFalse();
        assertThat(testing.store()
                        .history(new HistoryQuery(null, null, null, null, null, null, 10, null))
                        .entries())
                .extracting(Entry::jobId)
                .containsExactly("L", "K", "J");
    }
}
