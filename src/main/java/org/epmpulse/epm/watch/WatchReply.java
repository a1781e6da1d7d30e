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

    /**
     * The reply cannot be used.
     *
     * @param problem one line that says what to do
     * @param tooLarge whether a list of fewer days may be usable
     */
    record Unusable(String problem, boolean tooLarge) implements WatchReply {

        Unusable(String problem) {
            this(problem, false);
        }

        static Unusable of(ListException problem) {
            return new Unusable(String.valueOf(problem.getMessage()), problem.isTooLarge());
        }
    }
}
