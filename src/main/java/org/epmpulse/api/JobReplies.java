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

    public JobReplies(StatusStore store) {
        this.store = store;
    }

    /**
     * A page of jobs, the latest first. It has fewer than {@code limit} if they have many domains together. Waits for the
     * store, on a worker.
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
        return AsOf.mark(Reply.ok(new Page(page.stream().map(JobReplies::run).toList(), next)), asOf);
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
        Job job = id == null ? null : store.board().jobs().get(id);
        if (job == null) {
            ApiError unknown =
                    new ApiError(ErrorCode.NOT_FOUND, "Unknown job. GET /api/v1/jobs lists the latest jobs.");
            return AsOf.mark(unknown.reply(), asOf);
        }
        return AsOf.mark(Reply.ok(run(job)), asOf);
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
