package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the packaged program repeatedly under load, and compares its history with the replies it has sent. */
class DurabilityIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 6;
    private static final int DRAINS = 3;
    private static final int WRITERS = 8;
    private static final int REPLIES_BEFORE_THE_STOP = 250;
    private static final int DOMAINS = 40;
    private static final int BATCH = 12;

    @TempDir
    Path folder;

    private final AtomicInteger requests = new AtomicInteger();

    /** Every job that was sent, with the number of updates of its request. */
    private final Map<String, Integer> sent = new ConcurrentHashMap<>();

    /** Every update that was acknowledged: job and domain, and the revision of the reply. */
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws IOException {
        List<String> domains = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
            domains.add("D" + i);
        }
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, JSON.writeValueAsString(Map.of("apps", Map.of("Close", Map.of("domains", domains)))));
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
    }

    @Test
    void acknowledgedUpdatesSurviveAKillAtAnyMoment() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
                assertHistoryMatchesReplies(program);
                stopUnderLoad(program, PackagedProgram::kill);
            }
        }

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertHistoryMatchesReplies(program);
            assertThat(program.get("/health").statusCode()).isEqualTo(200);
        }
        assertThat(acknowledged).hasSizeGreaterThan(ROUNDS * REPLIES_BEFORE_THE_STOP);
    }

    @Test
    void requestsInFlightDuringAStopGetAReply() throws Exception {
        for (int round = 0; round < DRAINS; round++) {
            try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
                assertEveryRecordedUpdateWasAcknowledged(program);
                stopUnderLoad(
                        program, running -> assertThat(running.terminate()).isIn(0, 143));
                assertThat(program.output()).contains("EPMPulse has stopped").doesNotContain("ERROR");
            }
        }

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertEveryRecordedUpdateWasAcknowledged(program);
        }
        assertThat(acknowledged).hasSizeGreaterThan(DRAINS * REPLIES_BEFORE_THE_STOP);
    }

    private void assertEveryRecordedUpdateWasAcknowledged(PackagedProgram program) throws Exception {
        Set<String> repliedTo = Set.copyOf(acknowledged.keySet());
        assertHistoryMatchesReplies(program);
        assertThat(acknowledged.keySet()).isEqualTo(repliedTo);
    }

    private interface Stop {
        void stop(PackagedProgram program) throws InterruptedException;
    }

    private void stopUnderLoad(PackagedProgram program, Stop stop) throws InterruptedException {
        CountDownLatch replies = new CountDownLatch(REPLIES_BEFORE_THE_STOP);
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Thread writer = new Thread(() -> {
                while (program.alive()) {
                    try {
                        postOne(program);
                    } finally {
                        replies.countDown();
                    }
                }
            });
            writer.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            writers.add(writer);
            writer.start();
        }
        replies.await();
        stop.stop(program);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failures).as("unexpected replies").isEmpty();
    }

    private void postOne(PackagedProgram program) {
        int request = requests.incrementAndGet();
        String job = "J" + request;
        try {
            if (request % 3 == 0) {
                sent.put(job, BATCH);
                List<String> items = new ArrayList<>();
                for (int i = 0; i < BATCH; i++) {
                    items.add(update(job, (request + i) % DOMAINS));
                }
                String body = "{\"updates\":[" + String.join(",", items) + "]}";
                acknowledge(program.post("/api/v1/status/batch", body), true);
            } else {
                sent.put(job, 1);
                acknowledge(program.post("/api/v1/status", update(job, request % DOMAINS)), false);
            }
        } catch (IOException e) {
            // The program has stopped without sending any part of a reply.
            assertThat(String.valueOf(e.getMessage())).doesNotContain("bytes received");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String update(String job, int domain) {
        return "{\"app\":\"Close\",\"domain\":\"D%d\",\"status\":\"Loading\",\"job_id\":\"%s\"}".formatted(domain, job);
    }

    private void acknowledge(HttpResponse<String> reply, boolean batch) throws IOException {
        if (reply.statusCode() == 503) {
            assertThat(reply.body()).contains("UNAVAILABLE", "stopping");
            return;
        }
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        JsonNode data = JSON.readTree(reply.body()).path("data");
        for (JsonNode item :
                batch ? data.path("updates") : JSON.createArrayNode().add(data)) {
            String update =
                    item.path("job_id").asText() + "/" + item.path("domain").asText();
            acknowledged.put(update, item.path("revision").asLong());
        }
    }

    private void assertHistoryMatchesReplies(PackagedProgram program) throws Exception {
        Map<String, Long> inHistory = new HashMap<>();
        Map<String, Integer> updatesOfJob = new HashMap<>();
        Map<String, String> latestOfDomain = new HashMap<>();
        Set<Long> revisions = new HashSet<>();
        String next = "";
        do {
            HttpResponse<String> reply = program.get("/api/v1/history?limit=1000" + next);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            JsonNode data = JSON.readTree(reply.body()).path("data");
            for (JsonNode entry : data.path("entries")) {
                String job = entry.path("job_id").asText();
                String domain = entry.path("domain").asText();
                inHistory.put(job + "/" + domain, entry.path("revision").asLong());
                updatesOfJob.merge(job, 1, Integer::sum);
                latestOfDomain.putIfAbsent(domain, job);
                assertThat(revisions.add(entry.path("revision").asLong())).isTrue();
            }
            next = data.path("next").isNull()
                    ? null
                    : "&cursor=" + data.path("next").asText();
        } while (next != null);

        assertThat(inHistory).as("every acknowledged update, with its revision").containsAllEntriesOf(acknowledged);
        updatesOfJob.forEach((job, updates) ->
                assertThat(updates).as("all updates of %s or none", job).isEqualTo(sent.get(job)));
        assertThat(revisions).as("no revision is missing").hasSize(inHistory.size());
        assertThat(revisions.stream().mapToLong(Long::longValue).max().orElse(0))
                .isEqualTo(inHistory.size());
        JsonNode board = JSON.readTree(program.get("/api/v1/status").body()).at("/data/apps/Close");
        latestOfDomain.forEach((domain, job) ->
                assertThat(board.path(domain).path("job_id").asText()).isEqualTo(job));
        acknowledged.clear();
        acknowledged.putAll(inHistory);
    }
}
