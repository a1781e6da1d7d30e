package org.epmpulse.epm.watch;

import java.util.List;
import org.epmpulse.epm.JobState;
import org.jspecify.annotations.Nullable;

/** What an environment answers to a {@link WatchStep}. */
public sealed interface WatchReply {

    /**
     * The state of a job.
     *
     * @param jobId null if the response does not name it
     * @param name of the job; null if the response does not have it
     */
    record Job(
            JobState state,
            @Nullable String jobId,
            @Nullable String name) implements WatchReply {}

    /** An exported list. */
    record Listed(JobList list) implements WatchReply {}

    /** The latest jobs of the rules of a location. */
    record Rules(List<ListedJob> jobs) implements WatchReply {

        public Rules {
            jobs = List.copyOf(jobs);
        }
    }

    /** A report was generated; its content is at this path. */
    record Report(String path) implements WatchReply {}

    /** The tasks of a report. */
    record TaskList(Tasks tasks) implements WatchReply {}

    /** The file was deleted, or there was none. */
    record Deleted() implements WatchReply {}

    /** The reply cannot be used; the text is one line and says what to do. */
    record Unusable(String problem) implements WatchReply {}
}
