package org.epmpulse.board;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Objects;
import org.epmpulse.board.BoardFeed.Position;
import org.epmpulse.config.ApiKey;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.ByteBudget;
import org.epmpulse.http.Holder;
import org.jspecify.annotations.Nullable;

/**
 * A client of the event stream. What was written to it and not sent yet counts in the {@link ByteBudget} of its key. Used by
 * the event loop only.
 */
final class EventReader {

    /** A reader with more unsent bytes is full. With one slice of events this limits the buffer of a reader. */
    private static final int MAX_QUEUED_BYTES = 16 * 1024;

    /** How long a displaced client waits before it reconnects. */
    private static final Buffer RETRY_LATER = Buffer.buffer(": displaced by a client of another key\nretry: 30000\n\n");

    private final RoutingContext request;
    private final HttpServerResponse response;
    private final ByteBudget budget;
    private int fullChecks;

    /** What the reader was told last: up to when the board is complete; null if it is. */
    private @Nullable Instant asOf;

    final @Nullable ApiKey key;

    /** Its key. */
    final Holder holder;

    /** All events up to here were sent. */
    Position position;

    EventReader(RoutingContext request, @Nullable ApiKey key, ByteBudget budget, Position position) {
        this.request = request;
        this.response = request.response().setChunked(true).setWriteQueueMaxSize(MAX_QUEUED_BYTES);
        this.key = key;
        this.holder = ApiServer.holder(request);
        this.budget = budget;
        this.position = position;
    }

    private boolean isClosed() {
        return response.ended() || response.closed();
    }

    /** Whether nothing more can be written: the write queue is full, or the connection is closed. */
    boolean isFull() {
        return isClosed() || response.writeQueueFull();
    }

    /** Writes the beginning of the stream or a heartbeat, unless the reader is full. Such few bytes do not count. */
    void writeFew(Buffer bytes) {
        if (!isFull()) {
            response.write(bytes);
        }
    }

    /**
     * Sends up to when the board is complete, if that has changed and the reader is not full.
     *
     * @param now null if it is complete
     */
    void sendAsOf(@Nullable Instant now) {
        if (!Objects.equals(asOf, now) && !isFull()) {
            asOf = now;
            String time = now == null ? "null" : "\"" + now + "\"";
            writeFew(Buffer.buffer("event: as-of\ndata: {\"as_of\":" + time + "}\n\n"));
        }
    }

    /**
     * Writes events, unless the reader is full or its key has too many unsent bytes.
     *
     * @return false if nothing was written
     */
    boolean write(Buffer bytes) {
        ByteBudget.Lease lease = isFull() ? null : budget.acquire(holder, bytes.length());
        if (lease == null) {
            return false;
        }
        response.write(bytes).onComplete(sent -> lease.close());
        return true;
    }

    /** Call it at every check: whether the reader was full at more than {@code checks} in a row. */
    boolean isStuck(int checks) {
        fullChecks = isFull() ? fullChecks + 1 : 0;
        return fullChecks > checks;
    }

    void close() {
        if (!isClosed()) {
            response.end();
        }
    }

    /** Ends the stream in favour of another key. */
    void displace() {
        if (isFull()) {
            drop();
        } else {
            response.end(RETRY_LATER);
        }
    }

    /** Closes the connection at once, without the bytes that it has not received. */
    void drop() {
        ApiServer.abort(request);
    }
}
