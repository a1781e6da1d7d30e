package org.epmpulse.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.epmpulse.cluster.NodeRequests;
import org.epmpulse.http.ApiError;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.http.Reply;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/** Lets the active node publish canvases for a request to this node. Thread-safe. */
final class RemoteSync {

    private static final Duration INTERVAL = Duration.ofMillis(250);

    private static final Map<String, String> RETRY = Map.of("Retry-After", "2");

    private final NodeRequests requests;
    private final TimeSource clock;

    RemoteSync(NodeRequests requests, TimeSource clock) {
        this.requests = requests;
        this.clock = clock;
    }

    /**
     * Asks the active node and waits for its reply.
     *
     * @param channel null for all
     * @return null if there is no reply in time
     */
    @Nullable
    Reply sync(@Nullable String channel, Duration timeout) throws InterruptedException {
        Instant end = clock.steady().plus(timeout);
        try {
            UUID id = requests.add(NodeRequests.Kind.SYNC, channel);
            while (clock.steady().isBefore(end)) {
                String text = requests.reply(id);
                if (text != null) {
                    return decode(text);
                }
                TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
            }
            return null;
        } catch (IOException e) {
            return new ApiError(
                            ErrorCode.UNAVAILABLE,
                            "The active node cannot be asked, because the database does not answer. Retry in a few"
                                    + " seconds.")
                    .reply()
                    .withHeaders(RETRY);
        }
    }

    /** The text of a reply for {@link #sync}: its status and its body. */
    static String encode(Reply reply) {
        ByteBuffer body = reply.body();
        return reply.status() + "\n" + (body == null ? "" : StandardCharsets.UTF_8.decode(body));
    }

    private static Reply decode(String text) {
        int end = text.indexOf('\n');
        int status = Integer.parseInt(text.substring(0, end));
        byte[] body = text.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        return new Reply(status, status == 503 ? RETRY : Map.of(), ByteBuffer.wrap(body));
    }
}
