package org.epmpulse.epm;

import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/** What a pod says of a job, in the board's terms. Texts are one line of at most 200 characters. Immutable. */
public sealed interface JobState {

    /**
     * It goes on.
     *
     * @param text the pod's words; null if it has none
     */
    record Running(@Nullable String text) implements JobState {}

    /**
     * It is over.
     *
     * @param status {@link Status#OK} or {@link Status#WARNING}
     * @param message the pod's words; null if it has none
     */
    record Ended(Status status, @Nullable String message) implements JobState {

        public Ended {
            if (!status.endsRun()) {
                throw new IllegalArgumentException("status must be OK or Warning, is " + status.label());
            }
        }
    }

    /** It is over, and its result, which is asked for apart, says how. */
    record Completed() implements JobState {}

    /** The pod does not know the job: purged, of another application, or never there. */
    record Missing(String text) implements JobState {}

    /** The pod says something that is not documented: the job may be over or not. */
    record Unknown(String text) implements JobState {}

    /** Whether {@link Poll#ofResult} is the next question. */
    default boolean needsResult() {
        return this instanceof Completed;
    }
}
