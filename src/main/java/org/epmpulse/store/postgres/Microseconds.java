package org.epmpulse.store.postgres;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Job;
import org.epmpulse.status.Jobs;
import org.jspecify.annotations.Nullable;

/** Cuts times to what the database keeps: microseconds, and milliseconds for a time of receipt. */
final class Microseconds {

    private Microseconds() {}

    static @Nullable Instant of(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
    }

    static Entry of(Entry entry) {
        return new Entry(
                entry.update().withTimestamp(of(entry.timestamp())),
                entry.received().truncatedTo(ChronoUnit.MILLIS),
                entry.outcome(),
                entry.revision(),
                of(entry.started()),
                entry.durationSec(),
                entry.idempotency(),
                entry.place(),
                entry.answer());
    }

    /**
     * The board as the entries of the database make it.
     *
     * @param sequence number of the last row
     */
    static Board of(Board board, long sequence) {
        List<Job> jobs = new ArrayList<>();
        board.jobs().all().forEach(job -> jobs.add(of(job)));
        return new Board(
                board.revision(),
                sequence,
                of(board.lastUpdated()),
                board.domains().mapValues(Microseconds::of),
                board.durations(),
                Jobs.of(jobs),
                board.answers());
    }

    private static DomainStatus of(DomainStatus status) {
        return new DomainStatus(
                status.status(),
                status.jobId(),
                status.message(),
                of(status.started()),
                status.durationSec(),
                of(status.timestamp()),
                of(status.received()),
                status.epmJobId(),
                status.source(),
                status.key(),
                status.revision(),
                status.url());
    }

    private static Job of(Job job) {
        return Job.of(job.id(), job.sequence(), of(job.started()), job.parts().mapValues(Microseconds::of));
    }

    private static Job.Part of(Job.Part part) {
        Instant updated = part.updated().truncatedTo(ChronoUnit.MICROS);
        return new Job.Part(part.status(), updated, of(part.started()), of(part.timestamp()), part.key());
    }
}
