package org.epmpulse.epm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** Gives up on answers over HTTP that are far larger than any that says how a job is. Thread-safe. */
public final class BoundedResponses implements HttpClientConfigurer {

    /** In bytes; Oracle's answers have about a thousand. */
    static final int MAX_LENGTH = 1 << 20;

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        // The outermost one sees the text as it is after decompression.
        builder.addExecInterceptorFirst("bounded-answers", (request, scope, chain) -> {
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
                // Else the rest would be read before the connection is used again.
                connection.discardEndpoint();
                throw new IOException("an answer of more than " + MAX_LENGTH + " bytes");
            }
        }
    }
}
