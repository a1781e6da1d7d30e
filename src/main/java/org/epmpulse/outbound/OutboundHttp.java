package org.epmpulse.outbound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionReuseStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.epmpulse.config.ProxyRules;
import org.jspecify.annotations.Nullable;

/**
 * HTTP calls under {@link OutboundPolicy}. Redirects are not followed, cookies not kept, and calls not repeated; a
 * response of any status is returned. Thread-safe.
 */
public final class OutboundHttp implements AutoCloseable {

    /** The time of a whole call, unless another one is set. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private static final Timeout LEASE_TIMEOUT = Timeout.ofSeconds(5);

    private final PoolingHttpClientConnectionManager pool = OutboundPolicy.pool();
    private final CloseableHttpClient client;
    private final Set<HttpUriRequestBase> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param timeout of a whole call, from the look-up of the host to the last byte of the response */
    public OutboundHttp(ProxyRules proxies, Duration timeout) {
        this(proxies, timeout, SendCheck.NONE);
    }

    /**
     * A client that asks before each request.
     *
     * @param timeout of a whole call, from the look-up of the host to the last byte of the response
     */
    public OutboundHttp(ProxyRules proxies, Duration timeout, SendCheck check) {
        this(new OutboundPolicy(proxies, check), timeout, DefaultClientConnectionReuseStrategy.INSTANCE);
    }

    /**
     * Each call has a connection of its own. A peer may close a kept connection just when the next call is sent; then
     * nobody knows whether it has received the call.
     *
     * @param timeout of a whole call, from the look-up of the host to the last byte of the response
     */
    public static OutboundHttp withoutReuse(ProxyRules proxies, Duration timeout, SendCheck check) {
        return new OutboundHttp(new OutboundPolicy(proxies, check), timeout, (request, response, context) -> false);
    }

    /**
     * For responses that may be larger than 1 MiB.
     *
     * @param timeout of a whole call, from the look-up of the host to the last byte of the response
     * @param maxLength of a body, in bytes after decompression
     */
    public static OutboundHttp forFiles(ProxyRules proxies, Duration timeout, int maxLength) {
        OutboundPolicy policy = new OutboundPolicy(proxies, maxLength);
        return new OutboundHttp(policy, timeout, DefaultClientConnectionReuseStrategy.INSTANCE);
    }

    private OutboundHttp(OutboundPolicy policy, Duration timeout, ConnectionReuseStrategy reuse) {
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(pool)
                .setConnectionReuseStrategy(reuse)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .setUserAgent("EPMPulse")
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(LEASE_TIMEOUT)
                        .setResponseTimeout(Timeout.of(timeout))
                        .setProtocolUpgradeEnabled(false)
                        .build());
        policy.apply(builder);
        this.client = builder.build();
    }

    /**
     * A response.
     *
     * @param content the body, decompressed
     */
    public record Response(int status, List<Header> headers, byte[] content) {

        public Response {
            headers = List.copyOf(headers);
        }

        /** The first header of this name, in any case; null if there is none. */
        public @Nullable String header(String name) {
            return headers.stream()
                    .filter(header -> header.getName().equalsIgnoreCase(name))
                    .map(Header::getValue)
                    .findFirst()
                    .orElse(null);
        }

        /** Null if there is none. */
        public @Nullable String contentType() {
            return header(HttpHeaders.CONTENT_TYPE);
        }

        /** The header as received; {@link RetryAfter} reads it. Null if there is none. */
        public @Nullable String retryAfter() {
            return header(HttpHeaders.RETRY_AFTER);
        }

        /** The body as UTF-8. */
        public String body() {
            return new String(content, StandardCharsets.UTF_8);
        }

        /** Hides the content, which may be a secret. */
        @Override
        public String toString() {
            return "Response[" + status + ", " + content.length + " bytes]";
        }
    }

    /**
     * Sends a request and waits for the response.
     *
     * @throws IOException if there is no response that can be used; {@link OutboundFailure} says why. Without a
     *     connection it is the exception of Java, such as {@link java.net.ConnectException}; then nothing was sent
     */
    public Response send(HttpUriRequestBase request) throws IOException {
        return send(request, OutboundHttp::read);
    }

    /**
     * As {@link #send}, where only the status matters if it is 2xx: the request was accepted, even if the rest of the
     * response does not arrive. Its body is then empty.
     */
    public Response sendOnce(HttpUriRequestBase request) throws IOException {
        return send(request, OutboundHttp::readIfPossible);
    }

    private Response send(HttpUriRequestBase request, HttpClientResponseHandler<Response> reader) throws IOException {
        inFlight.add(request);
        try {
            if (closed) {
                throw new OutboundException("stopped");
            }
            return client.execute(request, reader);
        } catch (IOException | RuntimeException e) {
            if (closed) {
                throw new OutboundException("stopped", e);
            }
            throw e instanceof IOException known && !(e instanceof ClientProtocolException)
                    ? known
                    : new OutboundException(OutboundFailure.reason(e), e);
        } finally {
            inFlight.remove(request);
        }
    }

    private static Response read(ClassicHttpResponse response) throws IOException {
        byte[] body = response.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(response.getEntity());
        return new Response(response.getCode(), List.of(response.getHeaders()), body);
    }

    private static Response readIfPossible(ClassicHttpResponse response) throws IOException {
        try {
            return read(response);
        } catch (IOException e) {
            if (response.getCode() / 100 != 2) {
                throw e;
            }
            return new Response(response.getCode(), List.of(response.getHeaders()), new byte[0]);
        }
    }

    /** Aborts the calls in flight; later ones fail at once. */
    @Override
    public void close() {
        closed = true;
        inFlight.forEach(HttpUriRequestBase::cancel);
        pool.close(CloseMode.IMMEDIATE);
    }
}
