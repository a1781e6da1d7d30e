package org.epmpulse.api;

import java.time.Instant;
import java.util.Objects;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Answer;
import org.epmpulse.status.Entry;
import org.jspecify.annotations.Nullable;

/** The replies to answers to alerts. Thread-safe. */
public final class AnswerReplies {

    private record Recorded(
            String app,
            String domain,
            String kind,
            @Nullable Instant until,
            @Nullable String reason,
            @Nullable String by,
            String status,
            @Nullable Long revision,
            String outcome) {}

    /** The reply to a recorded answer. */
    public Reply of(Entry entry) {
        Answer answer = Objects.requireNonNull(entry.answer(), "the entry of an answer");
        return Reply.ok(new Recorded(
                entry.id().app(),
                entry.id().domain(),
                answer.kind().label(),
                answer.until(),
                answer.reason(),
                answer.by(),
                entry.status().label(),
                entry.revision(),
                entry.outcome().label()));
    }
}
