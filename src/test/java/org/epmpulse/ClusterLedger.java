package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.PackagedCluster.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every request that clients sent, with what they know of its end, and the rows of the journal that must agree. A job is
 * named by one request only. Thread-safe.
 */
final class ClusterLedger {

    /** What the sender of a request knows of it. */
    enum End {
        /** 200. */
        RECORDED,
        /** Only 503, or not sent: nothing was recorded. */
        NOT_RECORDED,
        /** 504, or no reply. */
        UNKNOWN
    }

    /** @param revisions by domain; empty if it was not recorded, or nobody knows */
    private record Request(Set<String> domains, End end, Map<String, Long> revisions) {}

    private record Row(
            long seq,
            long revision,
            String app,
            String domain,
            String status,
            String job,
            String source,
            String outcome,
            String node) {}

    private final PackagedCluster cluster;
    private final Map<String, Request> requests = new ConcurrentHashMap<>();
    private final long firstSeq;
    private final long firstRevision;

    /** Is about what is recorded from now on. */
    ClusterLedger(PackagedCluster cluster) throws SQLException {
        this.cluster = cluster;
        try (Connection connection = cluster.connect();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT coalesce(max(seq), 0), coalesce(max(revision), 0) FROM journal");
                ResultSet last = select.executeQuery()) {
            last.next();
            firstSeq = last.getLong(1) + 1;
            firstRevision = last.getLong(2) + 1;
        }
    }

    /** A reply with 200 to the request for these domains; every such reply must say the same. */
    void recorded(String job, Set<String> domains, JsonNode items) {
        Map<String, Long> revisions = new HashMap<>();
        items.forEach(item -> revisions.put(
                item.path("domain").asText(), item.path("revision").asLong()));
        assertThat(revisions.keySet()).as("the reply to %s", job).isEqualTo(domains);
        Request former = requests.put(job, new Request(domains, End.RECORDED, revisions));
        if (former != null) {
            assertThat(revisions).as("the reply to the repeated %s", job).isEqualTo(former.revisions());
        }
    }

    /** The sender does not send it again. */
    void ended(String job, Set<String> domains, End end) {
        requests.put(job, new Request(domains, end, Map.of()));
    }

    /** How many requests ended so. */
    long count(End end) {
        return requests.values().stream()
                .filter(request -> request.end() == end)
                .count();
    }

    /** Compares the journal with what the clients know, and the history of each node with the journal. */
    void assertJournal() throws Exception {
        List<Row> rows = rows();
        long seq = firstSeq;
        long revision = firstRevision;
        Map<String, Map<String, Long>> recorded = new LinkedHashMap<>();
        for (Row row : rows) {
            assertThat(row.seq()).as("a gap before %s", row).isEqualTo(seq++);
            assertThat(row.revision()).as("a gap before %s", row).isEqualTo(revision++);
            assertThat(row.outcome()).as(row.toString()).isEqualTo("recorded");
            if (row.source().equals("api")) {
                Long former = recorded.computeIfAbsent(row.job(), job -> new HashMap<>())
                        .put(row.domain(), row.revision());
                assertThat(former).as("recorded twice: %s", row).isNull();
            }
        }
        requests.forEach((job, request) -> {
            Map<String, Long> found = recorded.remove(job);
            switch (request.end()) {
                case RECORDED ->
                    assertThat(found).as("the acknowledged %s", job).isEqualTo(request.revisions());
                case NOT_RECORDED -> assertThat(found).as("the refused %s", job).isNull();
                case UNKNOWN -> {
                    if (found != null) {
                        assertThat(found.keySet())
                                .as("all of %s or nothing", job)
                                .isEqualTo(request.domains());
                    }
                }
                default -> throw new IllegalStateException(request.toString());
            }
        });
        assertThat(recorded).as("recorded without a request").isEmpty();
        for (PackagedNode node : cluster.nodes()) {
            assertThat(history(node))
                    .as("the history of node %s", node)
                    .isEqualTo(rows.stream()
                            .map(row -> row.revision() + " " + row.domain() + " " + row.status() + " " + row.job())
                            .toList());
        }
    }

    /** How often an end of the job was recorded that EPM had reported. */
    long endsOf(String job) throws SQLException {
        return rows().stream()
                .filter(row -> row.source().equals("epm") && row.job().equals(job))
                .count();
    }

    private List<Row> rows() throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = cluster.connect();
                PreparedStatement select = connection.prepareStatement("SELECT seq, revision, app, domain, status,"
                        + " job_id, source, outcome, node FROM journal WHERE seq >= ? ORDER BY seq")) {
            select.setLong(1, firstSeq);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(new Row(
                            row.getLong(1),
                            row.getLong(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8),
                            row.getString(9)));
                }
            }
        }
        return rows;
    }

    /** The same entries, the oldest first, as the node shows them. */
    private List<String> history(PackagedNode node) throws Exception {
        List<String> entries = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            HttpResponse<String> reply = node.get("/api/v1/history?limit=1000" + cursor);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            JsonNode data = JSON.readTree(reply.body()).path("data");
            cursor = data.path("next").isNull()
                    ? null
                    : "&cursor=" + data.path("next").asText();
            for (JsonNode entry : data.path("entries")) {
                long revision = entry.path("revision").asLong();
                if (revision < firstRevision) {
                    cursor = null;
                    break;
                }
                entries.add(
                        0,
                        revision + " " + entry.path("domain").asText() + " "
                                + entry.path("status").asText() + " "
                                + entry.path("job_id").asText());
            }
        }
        return entries;
    }
}
