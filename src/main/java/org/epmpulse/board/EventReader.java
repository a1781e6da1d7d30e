package org.epmpulse.board;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.epmpulse.board.BoardFeed.Position;
import org.epmpulse.config.ApiKey;
import org.jspecify.annotations.Nullable;

/** Somebody who reads events. Used by the event loop only. */
final class EventReader {

    private final RoutingContext request;
    private final HttpServerResponse response;
    private int fullChecks;

    final @Nullable ApiKey key;

    /** Up to where it was sent everything. */
    Position at;

    EventReader(RoutingContext request, @Nullable ApiKey key, Position at) {
        this.request = request;
        this.response = request.response().setChunked(true);
        this.key = key;
        this.at = at;
    }

    private boolean isGone() {
        return response.ended() || response.closed();
    }

    /** Whether it has not taken what it was sent, or has gone: nothing more is to be sent. */
    boolean isFull() {
        return isGone() || response.writeQueueFull();
    }

    /** Sends this, unless too much waits already. */
    void write(Buffer bytes) {
        if (!isFull()) {
            response.write(bytes);
        }
    }

    /** To be asked at every check: whether it has been full at more than so many in a row. */
    boolean isStuck(int checks) {
        fullChecks = isFull() ? fullChecks + 1 : 0;
        return fullChecks > checks;
    }

    void end() {
        if (!isGone()) {
            response.end();
        }
    }

    /** Closes the connection once it takes what waits, or when the server finds it idle. */
    void drop() {
        request.request().connection().close();
    }
}
