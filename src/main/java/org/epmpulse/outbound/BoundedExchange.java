package org.epmpulse.outbound;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.epmpulse.config.ProxyRules;
import org.jspecify.annotations.Nullable;

/**
 * Limits time and body of a call and authenticates to the proxy. The time-out of the response is the time of the whole
 * call: look-up, connection, TLS, head and body. A failure after the connection is an {@link OutboundException}.
 * Thread-safe.
 */
final class BoundedExchange implements ExecChainHandler {

    private static final Timeout DEFAULT_TIMEOUT = Timeout.ofSeconds(30);
    private static final Set<String> ENCODINGS = Set.of("identity", "gzip", "x-gzip", "deflate");

    private final ProxyRules proxies;
    private final int maxLength;

    /** @param maxLength of a body, in bytes after decompression */
    BoundedExchange(ProxyRules proxies, int maxLength) {
        this.proxies = proxies;
        this.maxLength = maxLength;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException {
        HttpHost proxy = scope.route.getProxyHost();
        ProxyRules.Proxy rule = proxy == null ? null : proxies.proxyFor(uri(scope.route.getTargetHost()));
        if (rule != null && rule.user() != null) {
            scope.clientContext.setCredentialsProvider(
                    new ProxyCredentials(rule, scope.clientContext.getCredentialsProvider()));
        }
        Timeout timeout = scope.clientContext.getRequestConfigOrDefault().getResponseTimeout();
        Deadline deadline = new Deadline(Timeout.isPositive(timeout) ? timeout : DEFAULT_TIMEOUT, () -> abort(scope));
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            HttpEntity entity = response.getEntity();
            if (proxy != null && response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
                throw ResponseHeads.refusedByProxy(response.getCode());
            }
            if (entity == null) {
                deadline.close();
            } else if (entity.getContentLength() > maxLength) {
                throw OutboundException.tooLong(maxLength);
            } else {
                response.setEntity(new BoundedEntity(entity, maxLength, scope.execRuntime, deadline));
            }
            return response;
        } catch (IOException | HttpException | RuntimeException e) {
            boolean late = deadline.passed();
            deadline.close();
            scope.execRuntime.discardEndpoint();
            if (late) {
                throw timedOut(e);
            }
            if (rule == null && e instanceof IOException noConnection && isNoConnection(e)) {
                // Routes may handle these by their class.
                throw noConnection;
            }
            throw failure(e, rule);
        }
    }

    private static boolean isNoConnection(Exception e) {
        return e instanceof UnknownHostException
                || e instanceof ConnectException
                || e instanceof ConnectTimeoutException
                || e instanceof SSLException;
    }

    static OutboundException timedOut(Throwable cause) {
        return new OutboundException("timed out", cause);
    }

    private static OutboundException failure(Exception e, ProxyRules.@Nullable Proxy proxy) {
        String reason = OutboundFailure.reason(e);
        return new OutboundException(
                proxy != null && isNoConnection(e) && !(e instanceof SSLException)
                        ? "proxy " + proxy.address() + ": " + reason
                        : reason,
                e);
    }

    /** Fails a call whose body is encoded in a way that was not asked for; several encodings would multiply its size. */
    static ClassicHttpResponse checkEncoding(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity entity = response.getEntity();
        String encoding = entity == null ? null : entity.getContentEncoding();
        if (encoding != null
                && !encoding.isBlank()
                && !ENCODINGS.contains(encoding.strip().toLowerCase(Locale.ROOT))) {
            throw OutboundException.unusableResponse(
                    "the response has a Content-Encoding other than gzip and deflate", null);
        }
        return response;
    }

    private static void abort(ExecChain.Scope scope) {
        if (scope.originalRequest instanceof Cancellable call) {
            call.cancel();
        } else {
            scope.execRuntime.discardEndpoint();
        }
    }

    private static URI uri(HttpHost host) {
        return URI.create(host.toURI());
    }

    /** Only the proxy gets its user and password. */
    private record ProxyCredentials(
            ProxyRules.Proxy proxy, @Nullable CredentialsProvider others) implements CredentialsProvider {

        @Override
        public @Nullable Credentials getCredentials(AuthScope scope, HttpContext context) {
            String password = proxy.password();
            if (proxy.host().equalsIgnoreCase(scope.getHost()) && proxy.port() == scope.getPort()) {
                return new UsernamePasswordCredentials(
                        String.valueOf(proxy.user()), password == null ? new char[0] : password.toCharArray());
            }
            return others == null ? null : others.getCredentials(scope, context);
        }
    }
}
