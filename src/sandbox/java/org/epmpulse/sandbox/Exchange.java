package org.epmpulse.sandbox;

import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request to a simulated server, and the one answer to it: what comes after the first is ignored, as is an answer to
 * a client that has gone. Used on the server's event loop only.
 */
final class Exchange {

    private final HttpServerRequest request;
    private final String body;
    private final List<Consumer<String>> ends = new ArrayList<>();
    private boolean ended;

    Exchange(HttpServerRequest request, String body) {
        this.request = request;
        this.body = body;
        request.response().closeHandler(gone -> end("abandoned"));
    }

    String method() {
        return request.method().name();
    }

    /** As it was sent: blanks and all else still encoded. */
    String path() {
        String path = request.path();
        return path == null ? "/" : path;
    }

    /** Without the question mark, still encoded; empty if there is none. */
    String query() {
        String query = request.query();
        return query == null ? "" : query;
    }

    @Nullable
    String header(String name) {
        return request.getHeader(name);
    }

    String body() {
        return body;
    }

    boolean ended() {
        return ended;
    }

    /** Runs once with what became of the request, before the client can know it. */
    void whenEnded(Consumer<String> end) {
        ends.add(end);
    }

    /** @param outcome what the inspection of calls shows */
    void answer(Answer answer, String outcome) {
        if (end(outcome)) {
            head(answer).end(Buffer.buffer(answer.body()));
        }
    }

    /** Announces the whole answer, sends half of it and hangs up. */
    void cutOff(Answer answer) {
        if (end("cut off")) {
            Buffer whole = Buffer.buffer(answer.body());
            HttpServerResponse response = head(answer);
            response.putHeader("Content-Length", Integer.toString(whole.length()));
            response.write(whole.slice(0, whole.length() / 2))
                    .onComplete(sent -> request.connection().close());
        }
    }

    /** Drops the connection with a TCP reset. */
    void reset() {
        if (end("reset")) {
            ConnectionBase connection = (ConnectionBase) request.connection();
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            connection.close();
        }
    }

    private HttpServerResponse head(Answer answer) {
        HttpServerResponse response = request.response();
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        return response;
    }

    private boolean end(String outcome) {
        if (ended) {
            return false;
        }
        ended = true;
        ends.forEach(end -> end.accept(outcome));
        return true;
    }
}
