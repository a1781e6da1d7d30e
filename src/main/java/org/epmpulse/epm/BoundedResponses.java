package org.epmpulse.epm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** Limits the length of HTTP responses. Thread-safe. */
public final class BoundedResponses implements HttpClientConfigurer {

    /** In bytes; Oracle's responses have about a thousand. */
    static final int MAX_LENGTH = 1 << 20;

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        // The first interceptor sees the content after decompression.
        builder.addExecInterceptorFirst("bounded-responses", (request, scope, chain) -> {
            var response = chain.proceed(request, scope);
            HttpEntity entity = response.getEntity();
            if (entity != null) {
                response.setEntity(new Bounded(entity, scope.execRuntime));
            }
            return response;
        });
    }

    private static final class Bounded extends HttpEntityWrapper {

        private final ExecRuntime connection;

        Bounded(HttpEntity entity, ExecRuntime connection) {
            super(entity);
            this.connection = connection;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new BoundedStream(super.getContent(), connection);
        }
    }

    private static final class BoundedStream extends FilterInputStream {

        private final ExecRuntime connection;
        private long length;

        BoundedStream(InputStream in, ExecRuntime connection) {
            super(in);
            this.connection = connection;
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            int read = super.read(buffer, offset, count);
            count(read);
            return read;
        }

        private void count(int read) throws IOException {
            length += Math.max(0, read);
            if (length > MAX_LENGTH) {
                // Otherwise the client reads the rest of the response to reuse the connection.
                connection.discardEndpoint();
                throw new IOException("the response is longer than " + MAX_LENGTH + " bytes");
            }
        }
    }
}
