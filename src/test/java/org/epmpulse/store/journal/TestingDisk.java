package org.epmpulse.store.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Wraps the real disk and simulates a full, slow or broken one. */
final class TestingDisk implements JournalFile.Opener {

    volatile boolean full;
    volatile boolean forceFails;
    volatile boolean truncateFails;
    volatile boolean fatal;
    volatile CountDownLatch held = new CountDownLatch(0);
    final AtomicInteger forces = new AtomicInteger();

    @Override
    public JournalFile open(Path path) throws IOException {
        JournalFile file = JournalFile.open(path);
        return new JournalFile() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                if (full) {
                    bytes.limit(bytes.position() + bytes.remaining() / 2);
                    file.append(bytes);
                    throw new IOException("No space left on device");
                }
                file.append(bytes);
            }

            @Override
            public void force() throws IOException {
                await();
                if (fatal) {
                    throw new AssertionError("simulated");
                }
                if (forceFails) {
                    throw new IOException("Input/output error");
                }
                file.force();
                forces.incrementAndGet();
            }

            private void await() {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void truncate(long length) throws IOException {
                if (truncateFails) {
                    throw new IOException("Input/output error");
                }
                file.truncate(length);
            }

            @Override
            public void blank(long from) throws IOException {
                file.blank(from);
            }

            @Override
            public void write(long at, byte value) throws IOException {
                file.write(at, value);
            }

            @Override
            public byte[] read(long from, int max) throws IOException {
                return file.read(from, max);
            }

            @Override
            public void requireInPlace() throws IOException {
                file.requireInPlace();
            }

            @Override
            public void copyTo(Path target, long length) throws IOException {
                file.copyTo(target, length);
            }

            @Override
            public long length() throws IOException {
                return file.length();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
