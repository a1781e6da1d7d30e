package org.epmpulse.store.journal;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The journal's file of one day (UTC): plain while it can grow, compressed after the day is closed.
 *
 * @param compressed whether the file is a gzip file
 */
record DayFile(LocalDate day, Path path, boolean compressed) {

    private static final String PLAIN = ".jsonl";
    private static final String COMPRESSED = ".jsonl.gz";

    /** The plain file of a day, whether it exists or not. */
    static DayFile plain(Path folder, LocalDate day) {
        return new DayFile(day, folder.resolve(day + PLAIN), false);
    }

    /** The compressed file of a day, whether it exists or not. */
    static DayFile compressed(Path folder, LocalDate day) {
        return new DayFile(day, folder.resolve(day + COMPRESSED), true);
    }

    /**
     * All files of the journal by day. If a crash left both files of a day, the plain one is listed: it is deleted only
     * after the compressed one is complete.
     */
    static SortedMap<LocalDate, DayFile> list(Path folder) throws IOException {
        SortedMap<LocalDate, DayFile> days = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(DayFile::of).forEach(file -> {
                if (file != null) {
                    days.merge(file.day, file, (a, b) -> a.compressed ? b : a);
                }
            });
        }
        return days;
    }

    private static @Nullable DayFile of(Path path) {
        String name = path.getFileName().toString();
        boolean compressed = name.endsWith(COMPRESSED);
        if (!compressed && !name.endsWith(PLAIN)) {
            return null;
        }
        try {
            LocalDate day = LocalDate.parse(name.substring(0, name.indexOf('.')));
            return new DayFile(day, path, compressed);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The file's lines, decompressed. */
    InputStream open() throws IOException {
        return open(0);
    }

    /**
     * The file's lines from an offset on, decompressed. If the file was closed or opened again in the meantime, the
     * other one is read. A damaged compressed file ends with a {@link DamagedDayException}.
     *
     * @param offset of the first line, in bytes before compression
     */
    InputStream open(long offset) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            DayFile other = other();
            if (!Files.exists(other.path)) {
                throw e;
            }
            return other.open(offset);
        }
        try {
            if (!compressed) {
                return new BufferedInputStream(Channels.newInputStream(channel.position(offset)), 1 << 16);
            }
            long from = seek(channel, offset);
            InputStream lines = new GZIPInputStream(Channels.newInputStream(channel), 1 << 16);
            lines.skipNBytes(offset - from);
            return new BufferedInputStream(new DamageDetector(lines), 1 << 16);
        } catch (ZipException | EOFException e) {
            channel.close();
            throw new DamagedDayException(this, e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private final class DamageDetector extends FilterInputStream {

        DamageDetector(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            try {
                return super.read(bytes, from, length);
            } catch (ZipException | EOFException e) {
                throw new DamagedDayException(DayFile.this, e);
            }
        }
    }

    /** Seeks to the last block at or before the offset, and returns the offset of its first line. */
    private static long seek(FileChannel channel, long offset) throws IOException {
        List<IndexedGzip.Block> before = IndexedGzip.list(channel, block -> block.from() <= offset);
        if (before == null || before.isEmpty()) {
            return 0;
        }
        IndexedGzip.Block block = before.get(before.size() - 1);
        channel.position(block.position());
        return block.from();
    }

    /** The compressed file for the plain one, and the plain one for the compressed one. */
    DayFile other() {
        return compressed ? plain(folder(), day) : compressed(folder(), day);
    }

    /**
     * Makes a closed day's file plain again, so that lines can be appended; does nothing if it is.
     *
     * @throws DamagedDayException if it is damaged; it stays as it was
     */
    void reopen() throws IOException {
        if (compressed) {
            Path temporary = other().path.resolveSibling(other().path.getFileName() + ".tmp");
            try (InputStream lines = open();
                    FileChannel channel = DataFolder.openFile(
                            temporary,
                            EnumSet.of(
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.TRUNCATE_EXISTING))) {
                lines.transferTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            DataFolder.replace(temporary, other().path);
            Files.delete(path);
        }
    }

    /** Writes the lines of a compressed file. */
    @FunctionalInterface
    interface Content {
        void writeTo(IndexedGzip.Writer blocks) throws IOException;
    }

    /** Writes a compressed file, and forces it. */
    static void writeCompressed(Path file, Content content) throws IOException {
        try (FileChannel channel = DataFolder.openFile(
                file,
                EnumSet.of(
                        StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
            IndexedGzip.Writer blocks = new IndexedGzip.Writer(Channels.newOutputStream(channel));
            content.writeTo(blocks);
            blocks.finish();
            channel.force(true);
        }
    }

    private Path folder() {
        return Objects.requireNonNull(path.getParent(), "a day's file is in a folder");
    }
}
