package org.epmpulse.store.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores damaged or unexpected data with the reason, and logs it. Thread-safe. */
final class Quarantine {

    /** Suffix of the file with the reason for each piece. */
    static final String REASON_SUFFIX = ".reason.txt";

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    private final Path folder;
    private final Counter pieces;

    Quarantine(Path folder, MeterRegistry meters) {
        this.folder = folder;
        this.pieces = Counter.builder("epmpulse.journal.quarantined")
                .description("Damaged pieces of the journal or the state file that were moved to quarantine")
                .register(meters);
    }

    /**
     * Stores a piece. A piece that is found again is ignored.
     *
     * @param name of the place where it was found, so that the same piece always has the same name
     */
    synchronized void store(String name, byte[] piece, String reason) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            return;
        }
        writeReason(name, reason);
        DataFolder.write(file, piece);
        report(file, reason);
    }

    /** Copies a file here. */
    synchronized void copy(Path source, String name, String reason) throws IOException {
        Path file = folder.resolve(name);
        writeReason(name, reason);
        DataFolder.replace(file, out -> Files.copy(source, out));
        report(file, reason);
    }

    /** Reports a copy that was written here. */
    synchronized void reportCopy(Path file, String reason) throws IOException {
        writeReason(String.valueOf(file.getFileName()), reason);
        report(file, reason);
    }

    /** The name, with a number before its first dot if there is such a file already. */
    synchronized String unusedName(String name) {
        String unused = name;
        int dot = name.indexOf('.');
        for (int i = 2; Files.exists(folder.resolve(unused)); i++) {
            unused = name.substring(0, dot) + "-" + i + name.substring(dot);
        }
        return unused;
    }

    /** Moves a file here. */
    synchronized void move(Path damaged, String name, String reason) throws IOException {
        Path file = folder.resolve(name);
        writeReason(name, reason);
        DataFolder.replace(damaged, file);
        report(file, reason);
    }

    private void writeReason(String name, String reason) throws IOException {
        DataFolder.write(folder.resolve(name + REASON_SUFFIX), (reason + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Whether there is a piece of one of these days. */
    boolean hasPieceOf(LocalDate first, LocalDate last) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> day(file.getFileName().toString()))
                    .anyMatch(day -> day != null && !day.isBefore(first) && !day.isAfter(last));
        }
    }

    private static @Nullable LocalDate day(String name) {
        try {
            return LocalDate.parse(name.substring(0, Math.min(10, name.length())));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private void report(Path file, String reason) throws IOException {
        DataFolder.forceFolder(folder);
        pieces.increment();
        LOG.error("{}; a copy is in {}", reason, file);
    }
}
