package org.epmpulse.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;

/** The file that the journal grows in. The seam at which tests let a disk fail. */
interface JournalFile extends Closeable {

    /** Writes all of it behind what is there. After an exception any part of it may be in the file. */
    void append(ByteBuffer bytes) throws IOException;

    /** Returns when everything written so far survives a power loss. */
    void force() throws IOException;

    /** Cuts everything behind {@code length} bytes off, and forces that. */
    void truncate(long length) throws IOException;

    /** In bytes. */
    long length() throws IOException;

    /** Makes or reopens a journal file. */
    @FunctionalInterface
    interface Opener {
        JournalFile open(Path path) throws IOException;
    }

    /** On the file system. */
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
