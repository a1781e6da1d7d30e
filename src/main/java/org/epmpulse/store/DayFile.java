package org.epmpulse.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The journal's file of one day (UTC), plain while it may grow and compressed when it is closed.
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
     * All files of the journal by day. Where a crash left a day both plain and compressed, the plain one is listed: it
     * goes only after the compressed one is complete.
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
        InputStream bytes = Files.newInputStream(path);
        if (!compressed) {
            return new BufferedInputStream(bytes, 1 << 16);
        }
        try {
            return new BufferedInputStream(new GZIPInputStream(bytes, 1 << 16), 1 << 16);
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }
}
