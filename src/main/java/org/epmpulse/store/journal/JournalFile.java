package org.epmpulse.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;

/** A file of the journal. Tests replace it to simulate a failing disk. */
interface JournalFile extends Closeable {

    /** Appends all bytes. After an exception any part of them may be in the file. */
    void append(ByteBuffer bytes) throws IOException;

    /** Returns when everything written so far survives a power loss. */
    void force() throws IOException;

    /** Shortens the file to {@code length} bytes, and forces that. */
    void truncate(long length) throws IOException;

    /** In bytes. */
    long length() throws IOException;

    /** Creates or opens a journal file. */
    @FunctionalInterface
    interface Opener {
        JournalFile open(Path path) throws IOException;
    }

    /** Opens a file on the file system. */
    static JournalFile open(Path path) throws IOException {
        FileChannel channel =
                DataFolder.openFile(path, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        channel.position(channel.size());
        DataFolder.forceFolder(path.getParent());
        return new JournalFile() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }

            @Override
            public void force() throws IOException {
                channel.force(false);
            }

            @Override
            public void truncate(long length) throws IOException {
                channel.truncate(length);
                channel.position(length);
                channel.force(true);
            }

            @Override
            public long length() throws IOException {
                return channel.size();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
