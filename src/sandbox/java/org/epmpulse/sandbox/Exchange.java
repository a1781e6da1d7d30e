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
 * A request to a simulated server and its response. Only the first response is sent; a response to a disconnected client
 * is ignored. Used on the server's event loop only.
 */
final class Exchange {

    private final HttpServerRequest request;
    private final String body;
    private final List<Consumer<String>> endListeners = new ArrayList<>();
    private boolean ended;

    Exchange(HttpServerRequest request, String body) {
        this.request = request;
        this.body = body;
        request.response().closeHandler(disconnected -> end("abandoned"));
    }

    String method() {
        return request.method().name();
    }

    /** The path as sent, still encoded. */
    String path() {
        String path = request.path();
        return path == null ? "/" : path;
    }

    /** The query without the question mark, still encoded; empty if there is none. */
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

    /** Calls the listener once with the outcome, before the response is sent. */
    void whenEnded(Consumer<String> listener) {
        endListeners.add(listener);
    }

    /** @param outcome as in {@link SandboxCall} */
    void respond(SimulatedResponse simulated, String outcome) {
        if (end(outcome)) {
            head(simulated).end(Buffer.buffer(simulated.bytes()));
        }
    }

    /** Announces the whole response, sends half of it and closes the connection. */
    void cutOff(SimulatedResponse simulated) {
        if (end("cut off")) {
            Buffer whole = Buffer.buffer(simulated.bytes());
            HttpServerResponse response = head(simulated);
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

    private HttpServerResponse head(SimulatedResponse simulated) {
        HttpServerResponse response = request.response();
        response.setStatusCode(simulated.status());
        simulated.headers().forEach(response::putHeader);
        return response;
    }

    private boolean end(String outcome) {
        if (ended) {
            return false;
        }
        ended = true;
        endListeners.forEach(listener -> listener.accept(outcome));
        return true;
    }
}
