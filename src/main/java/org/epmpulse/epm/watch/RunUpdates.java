package org.epmpulse.epm.watch;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.epmpulse.epm.JobState;
import org.epmpulse.epm.SingleLine;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusUpdate;
import org.jspecify.annotations.Nullable;

/** The status updates of a job that was found. Immutable. */
final class RunUpdates {

    private final DateTimeFormatter time;

    /** @param zone of times in texts for people */
    RunUpdates(ZoneId zone) {
        this.time = DateTimeFormatter.ofPattern("HH:mm zzz", Locale.ENGLISH).withZone(zone);
    }

    /**
     * A run of a domain.
     *
     * @param shown what the board shows of the domain now
     * @param start null if it is not known
     * @param end null if it is not known, or the job is running
     * @param seen when the list was read
     */
    record Run(
            DomainId id,
            ListedJob job,
            DomainStatus shown,
            @Nullable Instant start,
            @Nullable Instant end,
            Instant seen) {}

    /** A run that is running now. It replaces what the board shows, also if it has started before that. */
    StatusUpdate running(Run run) {
        return update(run, Status.LOADING, run.job().jobId(), description(run), later(run.start(), shownSince(run)));
    }

    /**
     * The end of a run whose start is recorded.
     *
     * @param shown whether the board still shows it; otherwise its end belongs only into the history
     */
    StatusUpdate end(Run run, JobState.Ended end, boolean shown) {
        String jobId = shown ? run.shown().jobId() : run.job().jobId();
        Instant at =
                shown ? later(run.end(), run.shown().started()) : Objects.requireNonNullElse(run.end(), run.seen());
        return update(run, end.status(), jobId, message(run, end), at);
    }

    /** Start and end of a run that began and ended between two lists. */
    List<StatusUpdate> whole(Run run, JobState.Ended end) {
        Instant start = run.start();
        Instant endTime = run.end();
        boolean timesKnown = start != null && endTime != null && !endTime.isBefore(start);
        Instant shownSince = shownSince(run);
        if (!timesKnown && shownSince != null && run.shown().status() == Status.LOADING) {
            // What is running now is newer than what has ended.
            start = shownSince.minusMillis(1);
            endTime = start;
            timesKnown = true;
        }
        // Without a job_id the start does not count for the duration, which is not known.
        String startJobId = timesKnown ? run.job().jobId() : null;
        return List.of(
                update(run, Status.LOADING, startJobId, description(run), timesKnown ? start : null),
                update(run, end.status(), run.job().jobId(), message(run, end), timesKnown ? endTime : null));
    }

    private static @Nullable Instant shownSince(Run run) {
        DomainStatus shown = run.shown();
        return shown.source() == Source.EPM ? shown.updated() : shown.received();
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other == null || one.isAfter(other) ? one : other;
    }

    private String description(Run run) {
        String text = run.job().description();
        return run.start() == null ? line(text + "; seen at " + time.format(run.seen())) : text;
    }

    private String message(Run run, JobState.Ended end) {
        String text = Objects.requireNonNullElse(end.message(), run.job().description());
        boolean known = run.end() != null;
        return known ? text : line("seen at " + time.format(run.seen()) + ": " + text);
    }

    private static String line(String text) {
        return Objects.requireNonNullElse(SingleLine.of(text), text);
    }

    private static StatusUpdate update(
            Run run, Status status, @Nullable String jobId, @Nullable String message, @Nullable Instant at) {
        return StatusUpdate.ofEpm(
                run.id(),
                status,
                jobId,
                message,
                at == null ? null : at.toString(),
                run.job().id());
    }
}
