package org.epmpulse.alerts.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.epmpulse.alerts.AlertFailure;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.cluster.Fence;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.Grace;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.outbound.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Sends {@link AlertRequest}s under the rules of all outgoing calls. A call takes at most 10 s. Redirects are not
 * followed, and calls not repeated; the source of the route decides that. Thread-safe.
 */
public final class AlertCalls implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** After a 429 without a usable {@code Retry-After}. */
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    private final OutboundHttp http;
    private final AtomicInteger running = new AtomicInteger();

    public AlertCalls(ProxyRules proxies) {
        this.http = new OutboundHttp(proxies, TIMEOUT, Fence::check);
    }

    /** Sends a request and waits for the answer; throws if the service has not accepted it. */
    public void send(AlertRequest request) {
        HttpPost post = new HttpPost(request.url());
        request.headers().forEach(post::setHeader);
        post.setEntity(new ByteArrayEntity(request.body().getBytes(StandardCharsets.UTF_8), contentType(request)));
        OutboundHttp.Response response;
        running.incrementAndGet();
        try {
            response = http.sendOnce(post);
        } catch (IOException e) {
            throw new AlertCallException(AlertFailure.of(Kind.UNAVAILABLE, OutboundFailure.reason(e)), e);
        } finally {
            running.decrementAndGet();
        }
        AlertFailure failure = failure(request, response);
        if (failure != null) {
            throw new AlertCallException(failure, null);
        }
    }

    private static ContentType contentType(AlertRequest request) {
        return ContentType.parse(request.headers().getOrDefault("Content-Type", "application/json"));
    }

    private static @Nullable AlertFailure failure(AlertRequest request, OutboundHttp.Response response) {
        int status = response.status();
        String type = response.contentType();
        boolean page = type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html");
        if (status >= 200 && status < 300) {
            // Many frameworks call any text HTML.
            return page && isDocument(response.body())
                    ? AlertFailure.of(
                            Kind.UNAVAILABLE,
                            "an HTML page instead of an answer; the address may lead to a login page or a proxy")
                    : null;
        }
        String problem = "HTTP " + status;
        Duration wait = RetryAfter.of(response.retryAfter());
        if (status == 429 || (status == 503 && wait != null)) {
            return AlertFailure.rateLimited(wait == null ? DEFAULT_WAIT : wait);
        }
        if (status >= 500 || status == 408 || status == 425) {
            return AlertFailure.of(Kind.UNAVAILABLE, problem);
        }
        AlertFailure explained = page || status < 400 ? null : request.answers().failure(status, response.body());
        if (explained != null) {
            return explained;
        }
        return switch (status) {
            case 400, 413, 415, 422 -> AlertFailure.of(Kind.CONTENT_REFUSED, problem);
            default ->
                AlertFailure.of(
                        Kind.CHANNEL_REFUSED, status < 400 ? problem + ": redirects are not followed" : problem);
        };
    }

    private static boolean isDocument(String body) {
        String start = body.stripLeading().toLowerCase(Locale.ROOT);
        return start.startsWith("<!doctype") || start.startsWith("<html");
    }

    /**
     * Gives the calls in flight a short time to end, then aborts them; later calls fail at once.
     *
     * @param grace 0 or more
     * @throws InterruptedException if the thread is interrupted; the calls are aborted all the same
     */
    public void stop(Duration grace) throws InterruptedException {
        try {
            Grace.await(() -> running.get() > 0, grace);
        } finally {
            close();
        }
    }

    /** Aborts the calls in flight; later ones fail at once. */
    @Override
    public void close() {
        http.close();
    }
}
