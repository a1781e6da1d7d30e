package org.epmpulse.store.journal;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.epmpulse.config.RegularFile;
import org.epmpulse.store.Documents;

/**
 * Small files of the data folder that are replaced atomically: after a crash a file has the old content or the new. Only
 * this user can read them. Thread-safe.
 */
public final class FileDocuments implements Documents {

    private static final int MAX_MEBIBYTES = 16;

    private final DataFolder folder;
    private final Quarantine quarantine;
    private final InstantSource clock;

    public FileDocuments(DataFolder folder, InstantSource clock, MeterRegistry meters) {
        this.folder = folder;
        this.quarantine = new Quarantine(folder.quarantine(), meters);
        this.clock = clock;
    }

    private Path file(String name) {
        return folder.root().resolve(name);
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        try {
            return Optional.of(RegularFile.read(file(name), MAX_MEBIBYTES));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The first write creates the file's folder. */
    @Override
    public synchronized void write(String name, byte[] content) throws IOException {
        Path file = file(name);
        try {
            folder.requireLocked();
            Path parent = Objects.requireNonNull(file.getParent(), "the file is in the data folder");
            if (!Files.isDirectory(parent)) {
                DataFolder.createFolder(parent);
                DataFolder.forceFolder(Objects.requireNonNull(parent.getParent(), "the file is in the data folder"));
            }
            DataFolder.replace(file, content);
        } catch (IOException e) {
            throw new IOException(file + " cannot be written: " + DataFolder.describe(e), e);
        }
    }

    /** Moves the file to the folder {@code quarantine}; its name there has the time. */
    @Override
    public synchronized void setAside(String name, String reason) throws IOException {
        Path file = file(name);
        String simple = file.getFileName().toString();
        int dot = simple.lastIndexOf('.');
        String time = clock.instant().toString().replace(":", "");
        quarantine.move(file, simple.substring(0, dot) + "-" + time + simple.substring(dot), reason);
    }
}
