package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.TestingStatusStore;
import org.junit.jupiter.api.Test;

/** Pages of jobs that have many domains. */
class JobRepliesTest {

    private static final int JOBS = 25;
    private static final int DOMAINS = 1_000;

    private final TestingStatusStore store = new TestingStatusStore(() -> Instant.parse("2026-02-16T14:30:00Z"));
    private final JobReplies replies = new JobReplies(
            store, new Catalog(Map.of("FCCS", new Catalog.App("FCCS", "Close", names(), List.of(), false))));

    private static Set<String> names() {
        return IntStream.range(0, DOMAINS).mapToObj(i -> "D" + i).collect(Collectors.toSet());
    }

    @Test
    void aPageOfJobsWithManyDomainsEndsEarlyAndNoJobIsMissing() throws Exception {
        for (int job = 0; job < JOBS; job++) {
            String id = "J" + job;
            store.record(
                    IntStream.range(0, DOMAINS)
                            .mapToObj(i -> ValidatedUpdate.of(new DomainId("FCCS", "D" + i), Status.OK, id, null, "k"))
                            .toList(),
                    true,
                    null);
        }

        JsonNode first = page(Map.of("limit", "1000"));
        JsonNode second =
                page(Map.of("limit", "1000", "before", first.path("next").asText()));

        assertThat(first.path("jobs")).hasSize(20);
        assertThat(second.path("next").isNull()).isTrue();
        List<String> ids = new ArrayList<>();
        first.path("jobs").forEach(job -> ids.add(job.path("job_id").asText()));
        second.path("jobs").forEach(job -> ids.add(job.path("job_id").asText()));
        assertThat(ids).hasSize(JOBS).doesNotHaveDuplicates();
    }

    @Test
    void aDomainThatIsNotConfiguredAnyMoreIsNoPartOfAJob() throws Exception {
        post("FCCS", "Old", Status.LOADING, "both");
        post("FCCS", "D0", Status.OK, "both");
        post("FCCS", "Old", Status.LOADING, "only");

        JsonNode jobs = page(Map.of()).path("jobs");

        assertThat(jobs).hasSize(1);
        assertThat(jobs.get(0).path("job_id").asText()).isEqualTo("both");
        assertThat(jobs.get(0).path("status").asText()).isEqualTo("OK");
        assertThat(jobs.get(0).path("apps")).hasSize(1);
        assertThat(replies.one(Map.of("job_id", "only")).status()).isEqualTo(404);
    }

    private void post(String app, String domain, Status status, String job) {
        store.record(List.of(ValidatedUpdate.of(new DomainId(app, domain), status, job, null, "k")), false, null);
    }

    private JsonNode page(Map<String, Object> headers) throws IOException {
        ByteBuffer body = replies.list(headers).body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return new ObjectMapper().readTree(bytes).path("data");
    }
}
