package org.epmpulse.store.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;

/** A file of the journal. Tests replace it to simulate a failing disk. */
interface JournalFile extends Closeable {

    /** Appends all bytes. After an exception any part of them may be in the file. */
    void append(ByteBuffer bytes) throws IOException;

    /** Returns when everything written so far survives a power loss. */
    void force() throws IOException;

    /** Shortens the file to {@code length} bytes, and forces that. */
    void truncate(long length) throws IOException;

    /**
     * Overwrites all bytes from an offset on with blanks, which no reader takes for an entry, and forces that if it
     * can. For when they cannot be removed.
     */
    void blank(long from) throws IOException;

    /** Overwrites one byte. */
    void write(long at, byte value) throws IOException;

    /**
     * Reads bytes.
     *
     * @return fewer than {@code max} only at the end of the file
     */
    byte[] read(long from, int max) throws IOException;

    /** In bytes. */
    long length() throws IOException;

    /**
     * Checks that the file is still at its path: it may have been deleted, moved or replaced while it is open.
     *
     * @throws FilesMovedException if it is not
     */
    void requireInPlace() throws IOException;

    /** Writes a copy of the first {@code length} bytes to a path where no file is. */
    void copyTo(Path target, long length) throws IOException;

    /** Creates or opens a journal file. */
    @FunctionalInterface
    interface Opener {
        JournalFile open(Path path) throws IOException;
    }

    /** Opens a file on the file system. */
    static JournalFile open(Path path) throws IOException {
        FileChannel channel = DataFolder.openFile(
                path, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        channel.position(channel.size());
        DataFolder.forceFolder(path.getParent());
        FileIdentity identity = FileIdentity.of(path);
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
            public void blank(long from) throws IOException {
                byte[] blanks = new byte[1 << 16];
                Arrays.fill(blanks, (byte) ' ');
                blanks[0] = '\n';
                long at = from;
                while (at < channel.size()) {
                    int length = (int) Math.min(blanks.length, channel.size() - at);
                    at += channel.write(ByteBuffer.wrap(blanks, 0, length), at);
                }
                channel.force(false);
            }

            @Override
            public void write(long at, byte value) throws IOException {
                channel.write(ByteBuffer.wrap(new byte[] {value}), at);
            }

            @Override
            public byte[] read(long from, int max) throws IOException {
                ByteBuffer bytes = ByteBuffer.allocate(max);
                while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
                    continue;
                }
                return Arrays.copyOf(bytes.array(), bytes.position());
            }

            @Override
            public void requireInPlace() throws IOException {
                identity.require(path, "the journal " + path.getFileName());
            }

            @Override
            public void copyTo(Path target, long length) throws IOException {
                try (FileChannel copy = DataFolder.openFile(
                        target, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
                    long at = 0;
                    while (at < Math.min(length, channel.size())) {
                        at += channel.transferTo(at, length - at, copy);
                    }
                    copy.force(true);
                }
                DataFolder.forceFolder(target.getParent());
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
