package org.epmpulse.outbound;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** A body whose reading fails after a number of bytes or at the deadline of the call. For one thread. */
final class BoundedEntity extends HttpEntityWrapper {

    /** In bytes, after decompression. The responses of Slack and EPM have a few thousand. */
    static final int MAX_LENGTH = 1 << 20;

    private final int maxLength;
    private final ExecRuntime connection;
    private final Deadline deadline;

    /** @param maxLength in bytes, after decompression */
    BoundedEntity(HttpEntity entity, int maxLength, ExecRuntime connection, Deadline deadline) {
        super(entity);
        this.maxLength = maxLength;
        this.connection = connection;
        this.deadline = deadline;
    }

    @Override
    public InputStream getContent() throws IOException {
        return new BoundedStream(super.getContent());
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = getContent()) {
            in.transferTo(out);
        }
    }

    @Override
    public void close() throws IOException {
        deadline.close();
        super.close();
    }

    private final class BoundedStream extends FilterInputStream {

        private long length;
        private boolean ended;

        BoundedStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            int read;
            try {
                read = super.read(buffer, offset, count);
            } catch (IOException | RuntimeException e) {
                throw fail(e);
            }
            if (read < 0) {
                ended = true;
                deadline.close();
            }
            length += Math.max(0, read);
            if (length > maxLength) {
                throw fail(OutboundException.tooLong(maxLength));
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            return read(new byte[(int) Math.min(Math.max(count, 0), 8192)]);
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private IOException fail(Exception e) {
            boolean late = deadline.passed();
            discard();
            return late ? BoundedExchange.timedOut(e) : new OutboundException(OutboundFailure.reason(e), e);
        }

        /** Otherwise the client reads the rest of the response to reuse the connection. */
        private void discard() {
            ended = true;
            connection.discardEndpoint();
            deadline.close();
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                discard();
            }
            try {
                super.close();
            } catch (IOException | RuntimeException e) {
                // The connection is closed already; what was read is complete or has failed before.
                ended = true;
            }
        }
    }
}
