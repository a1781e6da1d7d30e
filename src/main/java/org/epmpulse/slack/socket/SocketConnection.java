package org.epmpulse.slack.socket;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.RulesProxySelector;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket to Slack. OkHttp is used because Slack's SDK, which is there already, brings it: it sends pings, notices
 * a peer that is gone without a word, and authenticates at a proxy. Thread-safe.
 */
final class SocketConnection extends WebSocketListener {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final BiConsumer<SocketConnection, String> onFrame;
    private final Runnable onEnd;
    private final CompletableFuture<Void> hello = new CompletableFuture<>();
    private volatile boolean refreshRequested;
    private volatile @Nullable String end;
    private @Nullable WebSocket socket;

    private SocketConnection(BiConsumer<SocketConnection, String> onFrame, Runnable onEnd) {
        this.onFrame = onFrame;
        this.onEnd = onEnd;
    }

    /**
     * A client for sockets.
     *
     * @param ping between two pings; a peer that has not answered the last one is gone
     */
    static OkHttpClient client(ProxyRules proxies, Duration ping) {
        return new OkHttpClient.Builder()
                .connectTimeout(CONNECT_TIMEOUT)
                .readTimeout(CONNECT_TIMEOUT)
                .writeTimeout(CONNECT_TIMEOUT)
                .pingInterval(ping)
                .followRedirects(false)
                .retryOnConnectionFailure(false)
                // OkHttp asks with http addresses also for sockets.
                .proxySelector(new RulesProxySelector(proxies))
                .proxyAuthenticator((route, response) -> {
                    ProxyRules.Proxy proxy =
                            proxies.proxyFor(response.request().url().uri());
                    boolean refused = response.request().header("Proxy-Authorization") != null;
                    return proxy == null || proxy.user() == null || refused
                            ? null
                            : response.request()
                                    .newBuilder()
                                    .header(
                                            "Proxy-Authorization",
                                            Credentials.basic(proxy.user(), String.valueOf(proxy.password())))
                                    .build();
                })
                .build();
    }

    /**
     * Connects; returns at once.
     *
     * @param onFrame gets the texts that arrive, one after the other
     * @param onEnd called when the connection has ended
     */
    static SocketConnection open(
            OkHttpClient client, URI address, BiConsumer<SocketConnection, String> onFrame, Runnable onEnd) {
        SocketConnection connection = new SocketConnection(onFrame, onEnd);
        connection.socket = client.newWebSocket(
                new Request.Builder().url(address.toString()).build(), connection);
        return connection;
    }

    /**
     * Waits until Slack has said hello.
     *
     * @return null, or why it has not
     */
    @Nullable
    String awaitHello(Duration timeout) throws InterruptedException {
        try {
            hello.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } catch (TimeoutException e) {
            return "no hello within " + timeout.toSeconds() + " s";
        } catch (ExecutionException e) {
            return String.valueOf(end);
        }
    }

    void helloReceived() {
        hello.complete(null);
    }

    /** Slack will close this connection soon; another one is to be opened before that. */
    void requestRefresh() {
        refreshRequested = true;
        onEnd.run();
    }

    boolean refreshRequested() {
        return refreshRequested;
    }

    /** Why the connection has ended; null while it has not. */
    @Nullable
    String end() {
        return end;
    }

    /** Sends a text; false if the connection has ended. */
    boolean send(String text) {
        WebSocket open = socket;
        return open != null && open.send(text);
    }

    /** Closes the connection after what was sent. */
    void close() {
        WebSocket open = socket;
        if (open != null) {
            open.close(1000, null);
        }
    }

    /** Closes the connection at once. */
    void cancel() {
        WebSocket open = socket;
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
        socket = webSocket;
        onFrame.accept(this, text);
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
        webSocket.close(1000, null);
        ended("closed by Slack (" + code + ")");
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable failure, @Nullable Response response) {
        ended(
                response != null && response.code() != 101
                        ? "HTTP " + response.code()
                        : failure instanceof IOException io ? OutboundFailure.reason(io) : "unexpected error");
    }

    private void ended(String why) {
        if (end == null) {
            end = why;
        }
        hello.completeExceptionally(new IOException(why));
        onEnd.run();
    }
}
