package org.epmpulse.outbound;

import java.io.IOException;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Limits the head of a response: its lines, its trailers, and the interim responses before it; and asks before a request
 * is sent. Thread-safe.
 */
final class ResponseHeads extends HttpRequestExecutor {

    /** Slack and EPM send about 30 lines. */
    private static final int MAX_LINES = 100;

    private static final int MAX_LINE_LENGTH = 16 * 1024;

    /** Responses 1xx before the final one; usually there is none. */
    private static final int MAX_INTERIM = 8;

    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(MAX_LINES)
            .setMaxLineLength(MAX_LINE_LENGTH)
            .build();

    private final SendCheck check;

    ResponseHeads(SendCheck check) {
        this.check = check;
    }

    /** Connections that limit the lines of a head and of the trailers. */
    static ManagedHttpClientConnectionFactory connections() {
        return ManagedHttpClientConnectionFactory.builder().http1Config(LIMITS).build();
    }

    /** The library receives interim responses in a loop without end. */
    private static final class InterimLimit implements Http1StreamListener {

        private int interim;

        @Override
        public void onRequestHead(HttpConnection connection, HttpRequest request) {}

        @Override
        public void onResponseHead(HttpConnection connection, HttpResponse response) {
            if (response.getCode() < HttpStatus.SC_SUCCESS && ++interim > MAX_INTERIM) {
                throw new TooManyInterimResponses();
            }
        }

        @Override
        public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {}
    }

    private static final class TooManyInterimResponses extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            HttpResponseInformationCallback interimCallback,
            HttpContext context)
            throws IOException, HttpException {
        check.run();
        ClassicHttpResponse response;
        try {
            response = new HttpRequestExecutor(LIMITS, null, new InterimLimit())
                    .execute(request, connection, interimCallback, context);
        } catch (TooManyInterimResponses e) {
            throw OutboundException.unusableResponse("the response has too many interim responses", e);
        }
        if (Method.CONNECT.isSame(request.getMethod())) {
            checkTunnel(request, response);
        }
        return response;
    }

    /** Otherwise the response of the proxy would be taken for one of the target. */
    private static void checkTunnel(ClassicHttpRequest request, ClassicHttpResponse response) throws IOException {
        int status = response.getCode();
        boolean mayAuthenticate = status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
                && !request.containsHeader(HttpHeaders.PROXY_AUTHORIZATION);
        if (status != HttpStatus.SC_OK && !mayAuthenticate) {
            throw refusedByProxy(status);
        }
    }

    static OutboundException refusedByProxy(int status) {
        return new OutboundException(
                status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED
                        ? "the proxy rejects user and password (HTTP 407)"
                        : "the proxy refuses the connection (HTTP " + status + ")");
    }
}
