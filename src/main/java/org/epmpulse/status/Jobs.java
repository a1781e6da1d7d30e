package org.epmpulse.status;

import io.vavr.Tuple2;
import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import io.vavr.collection.SortedMap;
import io.vavr.collection.TreeMap;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The latest {@value #LIMIT} jobs, or fewer if they have more than {@value #MAX_PARTS} parts. Immutable, so that
 * readers need no lock.
 */
public final class Jobs {

    /** More are dropped, the job with the oldest start first. */
    public static final int LIMIT = 10_000;

    /** Jobs are dropped also if all together have more parts than this: about 20 MB. */
    public static final int MAX_PARTS = 200_000;

    public static final Jobs NONE = new Jobs(HashMap.empty(), TreeMap.empty(Comparator.reverseOrder()), 0);

    private final Map<String, Job> byId;
    private final SortedMap<Long, String> bySequence;
    private final int parts;

    private Jobs(Map<String, Job> byId, SortedMap<Long, String> bySequence, int parts) {
        this.byId = byId;
        this.bySequence = bySequence;
        this.parts = parts;
    }

    /** The jobs of a snapshot. */
    public static Jobs of(Iterable<Job> jobs) {
        Jobs all = NONE;
        for (Job job : jobs) {
            all = all.put(all.get(job.id()), job);
        }
        return all;
    }

    /** The latest run of the job, or null if it is unknown or was dropped. */
    public @Nullable Job get(String id) {
        return byId.get(id).getOrNull();
    }

    /**
     * The equal string that the job holds, so that its domains share one object; the argument if the job is unknown.
     */
    @Nullable
    String sharedId(@Nullable String jobId) {
        Job job = jobId == null ? null : get(jobId);
        return job == null ? jobId : job.id();
    }

    /** The last update of the domain in the job's latest run, or null. */
    Job.@Nullable Part part(@Nullable String jobId, DomainId id) {
        Job job = jobId == null ? null : get(jobId);
        return job == null ? null : job.parts().get(id).getOrNull();
    }

    /** Jobs with a sequence below {@code before}, the latest first. */
    public List<Job> latest(int limit, long before) {
        return bySequence
                .iterator()
                .dropWhile(entry -> entry._1 >= before)
                .take(limit)
                .map(entry -> byId.get(entry._2).get())
                .toJavaList();
    }

    /** All jobs, the latest first. */
    public Iterable<Job> all() {
        return () -> bySequence.iterator().map(entry -> byId.get(entry._2).get());
    }

    public int size() {
        return byId.size();
    }

    /**
     * Applies an entry to its job.
     *
     * @param started start of the run of the entry's domain; null if it is not known
     */
    Jobs apply(Entry entry, long sequence, @Nullable Instant started) {
        String jobId = entry.jobId();
        if (jobId == null) {
            return this;
        }
        Job job = get(jobId);
        if (entry.status() == Status.BLANK) {
            return job == null ? this : put(job, job.without(entry.id()));
        }
        Job run = job == null || (job.running() == 0 && startsNewRun(entry, job))
                ? Job.begin(jobId, sequence, started)
                : job;
        Job.Part part = new Job.Part(entry.status(), entry.updated(), started, entry.timestamp(), entry.key());
        return put(job, run.with(entry.id(), part));
    }

    private static boolean startsNewRun(Entry entry, Job job) {
        Job.Part before = job.parts().get(entry.id()).getOrNull();
        return entry.status() == Status.LOADING
                || (before != null && before.status().endsRun() && !StatusRules.isRepeatedEnd(before, entry.updated()));
    }

    /** Removes the domain from the job's run if it is still Loading there. */
    Jobs endRun(@Nullable String jobId, DomainId id) {
        Job.Part part = part(jobId, id);
        Job job = jobId == null ? null : get(jobId);
        return job == null || part == null || part.status() != Status.LOADING ? this : put(job, job.without(id));
    }

    private Jobs put(@Nullable Job before, Job job) {
        int others = parts - (before == null ? 0 : before.parts().size());
        if (job.parts().isEmpty()) {
            return before == null
                    ? this
                    : new Jobs(byId.remove(job.id()), bySequence.remove(before.sequence()), others);
        }
        SortedMap<Long, String> sequences = bySequence;
        if (before == null || before.sequence() != job.sequence()) {
            sequences = before == null ? sequences : sequences.remove(before.sequence());
            sequences = sequences.put(job.sequence(), job.id());
        }
        Jobs jobs = new Jobs(
                byId.put(job.id(), job), sequences, others + job.parts().size());
        while (jobs.size() > 1 && (jobs.size() > LIMIT || jobs.parts > MAX_PARTS)) {
            jobs = jobs.withoutOldest();
        }
        return jobs;
    }

    private Jobs withoutOldest() {
        Tuple2<Long, String> oldest = bySequence.last();
        Job job = byId.get(oldest._2).get();
        return new Jobs(
                byId.remove(job.id()),
                bySequence.remove(oldest._1),
                parts - job.parts().size());
    }
}
