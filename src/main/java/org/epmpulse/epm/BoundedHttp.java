package org.epmpulse.epm;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests that contain credentials. Redirects are not followed; time and length of a response are limited.
 * Thread-safe.
 */
final class BoundedHttp {

    private static final int MAX_BODY = 1 << 20;

    private final Duration timeout;
    private final HttpClient client;
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Time limits: 5 s to connect, 30 s for the whole response. */
    BoundedHttp() {
        this(Duration.ofSeconds(30));
    }

    /** @param timeout for the whole response */
    BoundedHttp(Duration timeout) {
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** A response of any status. */
    record Response(
            int status,
            @Nullable String contentType,
            @Nullable String retryAfter,
            String body) {}

    Response send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<String>> future = client.sendAsync(request, info -> new LimitedBody());
        pending.add(future);
        try {
            if (closed) {
                throw new InterruptedIOException("closed");
            }
            HttpResponse<String> response = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Response(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(null),
                    response.headers().firstValue("Retry-After").orElse(null),
                    response.body());
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no response within " + timeout.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (CancellationException e) {
            throw new InterruptedIOException("closed");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException("the request failed", e.getCause());
        } finally {
            pending.remove(future);
            future.cancel(true);
        }
    }

    /** Cancels the requests in flight; new requests fail at once. */
    void close() {
        closed = true;
        pending.forEach(future -> future.cancel(true));
    }

    /** Why there was no response, without an address. */
    static String reason(IOException e) {
        if (e instanceof HttpTimeoutException) {
            return "timed out";
        }
        if (e instanceof SSLException) {
            return "TLS failed: " + SingleLine.of(String.valueOf(e.getMessage()));
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "host not found";
            }
        }
        return e instanceof ConnectException ? "connection failed" : "connection lost";
    }

    /** A body as text; fails if it is too long. */
    private static final class LimitedBody implements HttpResponse.BodySubscriber<String> {

        private final HttpResponse.BodySubscriber<String> body =
                HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
        private Flow.@Nullable Subscription subscription;
        private long remaining = MAX_BODY;

        @Override
        public CompletionStage<String> getBody() {
            return body.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            body.onSubscribe(newSubscription);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            remaining -= buffers.stream().mapToLong(ByteBuffer::remaining).sum();
            if (remaining >= 0) {
                body.onNext(buffers);
            } else if (subscription != null) {
                subscription.cancel();
                body.onError(new IOException("the response is longer than " + MAX_BODY + " bytes"));
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.onError(failure);
        }

        @Override
        public void onComplete() {
            if (remaining >= 0) {
                body.onComplete();
            }
        }
    }
}
