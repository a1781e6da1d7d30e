package org.epmpulse.store.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.Timestamps;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts the state file of EPMPulse 1.0 to journal entries. */
final class LegacyState {

    private static final Logger LOG = LoggerFactory.getLogger(LegacyState.class);

    private LegacyState() {}

    /**
     * One batch with the reported domains, the oldest update first.
     *
     * @param catalog says which job ids are those of EPM jobs, so that a running job is polled
     */
    static List<Entry> entries(JsonNode state, Catalog catalog, Instant now) {
        List<ReportedDomain> reported = new ArrayList<>();
        Iterator<Map.Entry<String, JsonNode>> apps = state.path("apps").fields();
        while (apps.hasNext()) {
            Map.Entry<String, JsonNode> app = apps.next();
            Iterator<Map.Entry<String, JsonNode>> domains =
                    app.getValue().path("domains").fields();
            while (domains.hasNext()) {
                Map.Entry<String, JsonNode> domain = domains.next();
                ReportedDomain one = ReportedDomain.of(new DomainId(app.getKey(), domain.getKey()), domain.getValue());
                if (one != null) {
                    reported.add(one);
                }
            }
        }
        reported.sort(Comparator.comparing(ReportedDomain::updated, Comparator.nullsFirst(Comparator.naturalOrder())));
        List<Entry> entries = new ArrayList<>();
        for (ReportedDomain one : reported) {
            Catalog.App app = catalog.app(one.id().app());
            String epmJobId = app == null ? null : app.defaultEpmJobId(one.jobId());
            entries.add(one.entry(epmJobId, now, entries.size() + 1, reported.size()));
        }
        return entries;
    }

    private record ReportedDomain(
            DomainId id,
            Status status,
            @Nullable String jobId,
            @Nullable String message,
            @Nullable Instant updated,
            @Nullable Long durationSec) {

        static @Nullable ReportedDomain of(DomainId id, JsonNode domain) {
            Status status = Status.ofLabel(domain.path("status").asText());
            if (status == null) {
                LOG.warn("State file of EPMPulse 1.0: {} has an unknown status; not imported", id);
                return null;
            }
            String updated = text(domain, "updated");
            if (status == Status.BLANK && updated == null) {
                return null;
            }
            JsonNode duration = domain.path("duration_sec");
            return new ReportedDomain(
                    id,
                    status,
                    text(domain, "job_id"),
                    text(domain, "message"),
                    updated == null ? null : Timestamps.orAbsent(Timestamps.parse(updated)),
                    duration.isNumber() ? (Long) Math.max(0, duration.longValue()) : null);
        }

        private static @Nullable String text(JsonNode node, String name) {
            return node.hasNonNull(name) ? node.get(name).asText() : null;
        }

        Entry entry(@Nullable String epmJobId, Instant now, int part, int of) {
            return new Entry(
                    ValidatedUpdate.of(id, status, jobId, message, null)
                            .withJob(jobId, epmJobId)
                            .withTimestamp(updated),
                    now,
                    Outcome.RECORDED,
                    (long) part,
                    null,
                    status.endsRun() ? durationSec : null,
                    null,
                    new Entry.Place("taken-over-from-1.0", part, of));
        }
    }
}
