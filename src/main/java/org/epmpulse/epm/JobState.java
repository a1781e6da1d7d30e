package org.epmpulse.epm;

import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/** The state of an EPM job as the board understands it. Texts are one line of at most 200 characters. Immutable. */
public sealed interface JobState {

    /**
     * The job is running.
     *
     * @param text EPM's text; null if there is none
     */
    record Running(@Nullable String text) implements JobState {}

    /**
     * The job has ended.
     *
     * @param status {@link Status#OK} or {@link Status#WARNING}
     * @param message EPM's text; null if there is none
     */
    record Ended(Status status, @Nullable String message) implements JobState {

        public Ended {
            if (!status.endsRun()) {
                throw new IllegalArgumentException("status must be OK or Warning, is " + status.label());
            }
        }
    }

    /** The job has ended; whether it succeeded is in its result, which needs another request. */
    record ResultPending() implements JobState {}

    /** EPM does not know the job: it was purged, belongs to another application, or never existed. */
    record Missing(String text) implements JobState {}

    /**
     * The environment responds, but its response about this job does not say whether it is running: an undocumented or
     * contradictory status, an unreadable response, or an HTTP status that rejects the request.
     *
     * @param kind what is wrong, without parts that change from response to response, such as {@code HTTP 400}
     */
    record Unknown(String kind, String text) implements JobState {}

    /** Whether {@link Poll#resultPoll} must follow. */
    default boolean needsResult() {
        return this instanceof ResultPending;
    }
}
