package org.epmpulse.board;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.epmpulse.board.BoardFeed.Position;
import org.epmpulse.config.ApiKey;
import org.jspecify.annotations.Nullable;

/** A client of the event stream. Used by the event loop only. */
final class EventReader {

    private final RoutingContext request;
    private final HttpServerResponse response;
    private int fullChecks;

    final @Nullable ApiKey key;

    /** All events up to here were sent. */
    Position position;

    EventReader(RoutingContext request, @Nullable ApiKey key, Position position) {
        this.request = request;
        this.response = request.response().setChunked(true);
        this.key = key;
        this.position = position;
    }

    private boolean isClosed() {
        return response.ended() || response.closed();
    }

    /** Whether nothing more can be written: the write queue is full, or the connection is closed. */
    boolean isFull() {
        return isClosed() || response.writeQueueFull();
    }

    /** Writes these bytes, unless the reader is full. */
    void write(Buffer bytes) {
        if (!isFull()) {
            response.write(bytes);
        }
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

    /** Closes the connection after it has received its buffer, or after the idle timeout. */
    void drop() {
        request.request().connection().close();
    }
}
