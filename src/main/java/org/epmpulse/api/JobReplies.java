package org.epmpulse.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.epmpulse.http.ApiError;
import org.epmpulse.http.AsOf;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Job;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Lists and shows jobs: {@code GET /api/v1/jobs}. Thread-safe. */
public final class JobReplies {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    /** A page ends after the job that reaches this number of domains, so that its size is limited. */
    private static final int MAX_PARTS = 20_000;

    /** 18 digits, the most that are accepted. */
    private static final long MAX_BEFORE = 999_999_999_999_999_999L;

    private record Part(String app, String domain, String status, Instant updated) {}

    private record Run(
            String jobId,
            String status,
            @Nullable Instant started,
            @Nullable Instant completed,
            @Nullable Long durationSec,
            List<Part> apps) {}

    private record Page(List<Run> jobs, @Nullable String next) {}

    private final StatusStore store;
    private final Catalog catalog;

    /** @param catalog whose domains are shown; jobs may have others, of an earlier configuration */
    public JobReplies(StatusStore store, Catalog catalog) {
        this.store = store;
        this.catalog = catalog;
    }

    /**
     * A page of jobs, the latest first. It has fewer than {@code limit} if they have many domains together, or none that
     * is configured. Waits for the store, on a worker.
     *
     * @throws BadRequestException if {@code limit} or {@code before} is out of bounds
     */
    public Reply list(Map<String, Object> headers) {
        int limit = (int) RequestHeaders.number(headers, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
        long before = RequestHeaders.number(headers, "before", 0, MAX_BEFORE, Long.MAX_VALUE);
        Instant asOf = AsOf.await(store, null);
        List<Job> jobs = store.board().jobs().latest(limit + 1, before);
        int size = pageSize(jobs, limit);
        boolean more = jobs.size() > size;
        List<Job> page = jobs.subList(0, size);
        String next = more ? String.valueOf(page.get(size - 1).sequence()) : null;
        List<Run> runs = page.stream()
                .map(this::shown)
                .filter(job -> !job.parts().isEmpty())
                .map(JobReplies::run)
                .toList();
        return AsOf.mark(Reply.ok(new Page(runs, next)), asOf);
    }

    private static int pageSize(List<Job> jobs, int limit) {
        int size = 0;
        for (int parts = 0; size < Math.min(limit, jobs.size()) && parts < MAX_PARTS; size++) {
            parts += jobs.get(size).parts().size();
        }
        return size;
    }

    /**
     * The latest run of one job. Waits for the store, on a worker.
     *
     * @return an error if the job was never reported, or is not among the latest jobs, as far as this node knows
     */
    public Reply one(Map<String, Object> headers) {
        String id = RequestHeaders.pathParameter(headers, "job_id");
        Instant asOf = AsOf.await(store, null);
        Job known = id == null ? null : store.board().jobs().get(id);
        Job job = known == null ? null : shown(known);
        if (job == null || job.parts().isEmpty()) {
            ApiError unknown =
                    new ApiError(ErrorCode.NOT_FOUND, "Unknown job. GET /api/v1/jobs lists the latest jobs.");
            return AsOf.mark(unknown.reply(), asOf);
        }
        return AsOf.mark(Reply.ok(run(job)), asOf);
    }

    /** A domain that is not configured any more can never end. */
    private Job shown(Job job) {
        return Job.of(job.id(), job.sequence(), job.started(), job.parts().filterKeys(catalog::contains));
    }

    private static Run run(Job job) {
        List<Part> parts = job.parts().toJavaMap().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> part(entry.getKey(), entry.getValue()))
                .toList();
        return new Run(job.id(), job.status().label(), job.started(), job.completed(), job.durationSec(), parts);
    }

    private static Part part(DomainId id, Job.Part part) {
        return new Part(id.app(), id.domain(), part.status().label(), part.updated());
    }
}
