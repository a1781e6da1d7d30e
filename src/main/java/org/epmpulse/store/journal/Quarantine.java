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

/** Keeps what could not be read, with the reason, and tells the operator. Thread-safe. */
final class Quarantine {

    /** Ending of the file beside each piece that says why it is there. */
    static final String REASON = ".reason.txt";

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
     * Keeps the piece. The same piece found again is not told again.
     *
     * @param name says where it was found, so that it is the same for the same piece
     */
    synchronized void keep(String name, byte[] piece, String reason) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            return;
        }
        writeReason(name, reason);
        DataFolder.write(file, piece);
        tell(file, reason);
    }

    /** Keeps a copy of a whole file. */
    synchronized void copy(Path kept, String name, String reason) throws IOException {
        Path file = folder.resolve(name);
        writeReason(name, reason);
        DataFolder.replace(file, out -> Files.copy(kept, out));
        tell(file, reason);
    }

    /** Moves a whole file here. */
    synchronized void move(Path damaged, String name, String reason) throws IOException {
        Path file = folder.resolve(name);
        writeReason(name, reason);
        DataFolder.replace(damaged, file);
        tell(file, reason);
    }

    private void writeReason(String name, String reason) throws IOException {
        DataFolder.write(folder.resolve(name + REASON), (reason + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a piece of one of these days is here. */
    boolean holds(LocalDate first, LocalDate last) throws IOException {
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

    private void tell(Path file, String reason) throws IOException {
        DataFolder.forceFolder(folder);
        pieces.increment();
        LOG.error("{}. Kept in {}", reason, file);
    }
}
