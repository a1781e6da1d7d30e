package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with as many domains as its heap must take, in a process that is killed. */
@Order(4)
class ManyDomainsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DOMAINS = 100_000;
    private static final int BATCH = 1_000;

    @TempDir
    Path folder;

    @Test
    void aHundredThousandDomainsAreShownAsTheyWereAfterAKill() throws Exception {
        Path apps = folder.resolve("apps.json");
        List<String> domains =
                IntStream.range(0, DOMAINS).mapToObj(i -> "D" + i).toList();
        Files.writeString(apps, JSON.writeValueAsString(Map.of("apps", Map.of("Close", Map.of("domains", domains)))));
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());

        Path state = folder.resolve("data/apps_status.json");
        Path older = folder.resolve("older.json");
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            postAll(program, "Loading", "night-1");
            // After each one the state file's writer rests for nine times as long as it took.
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> JSON.readTree(state.toFile()).path("revision").asInt() == DOMAINS);
            Files.copy(state, older);
            postAll(program, "OK", "night-1");
            postAll(program, "Warning", "night-2");
            assertShown(program);
            program.kill();
            assertThat(program.output()).doesNotContain("OutOfMemoryError");
        }
        // As if it had been killed while the disk was slow: the journal goes on far behind the state file.
        Files.move(older, state, StandardCopyOption.REPLACE_EXISTING);

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertShown(program);
            assertThat(program.output()).doesNotContain("OutOfMemoryError");
        }
    }

    private static void postAll(PackagedProgram program, String status, String job) throws Exception {
        for (int from = 0; from < DOMAINS; from += BATCH) {
            String updates = IntStream.range(from, from + BATCH)
                    .mapToObj(i ->
                            "{\"app\":\"Close\",\"domain\":\"D%d\",\"status\":\"%s\",\"job_id\":\"%s\",\"message\":\"%s\"}"
                                    .formatted(
                                            i,
                                            status,
                                            job,
                                            "Entity " + i + " of the consolidation, loaded from the ledger"))
                    .collect(Collectors.joining(","));
            HttpResponse<String> reply = program.post("/api/v1/status/batch", "{\"updates\":[" + updates + "]}");
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        }
    }

    private static void assertShown(PackagedProgram program) throws IOException, InterruptedException {
        HttpResponse<String> all = program.get("/api/v1/status");
        assertThat(all.statusCode()).isEqualTo(200);
        JsonNode data = JSON.readTree(all.body()).path("data");
        assertThat(data.path("revision").asInt()).isEqualTo(3 * DOMAINS);
        assertThat(data.at("/apps/Close"))
                .hasSize(DOMAINS)
                .allMatch(domain -> domain.path("status").asText().equals("Warning")
                        && domain.path("job_id").asText().equals("night-2"));
        assertJob(program, "night-1", "OK");
        assertJob(program, "night-2", "Warning");
    }

    private static void assertJob(PackagedProgram program, String id, String status)
            throws IOException, InterruptedException {
        HttpResponse<String> job = program.get("/api/v1/jobs/" + id);
        assertThat(job.statusCode()).isEqualTo(200);
        JsonNode data = JSON.readTree(job.body()).path("data");
        assertThat(data.path("status").asText()).isEqualTo(status);
        assertThat(data.path("apps")).hasSize(DOMAINS);
    }
}
