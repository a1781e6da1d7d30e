package org.epmpulse.store.journal;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.epmpulse.config.RegularFile;
import org.jspecify.annotations.Nullable;

/**
 * A small file of the data folder that is read at the start and replaced atomically: after a crash it has the old
 * content or the new. Only this user can read it. Not thread-safe.
 */
public final class DurableFile {

    private static final int MAX_MEBIBYTES = 16;

    private final DataFolder dataFolder;
    private final Path file;
    private final Quarantine quarantine;

    private DurableFile(DataFolder dataFolder, Path file, Quarantine quarantine) {
        this.dataFolder = dataFolder;
        this.file = file;
        this.quarantine = quarantine;
    }

    /**
     * Returns the file with this name.
     *
     * @param name in the data folder, such as {@code slack/canvases.json}; the first write creates its folder
     */
    public static DurableFile in(DataFolder folder, String name, MeterRegistry meters) {
        return new DurableFile(folder, folder.root().resolve(name), new Quarantine(folder.quarantine(), meters));
    }

    /** The content; null if the file does not exist. */
    public byte @Nullable [] read() throws IOException {
        try {
            return RegularFile.read(file, MAX_MEBIBYTES);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Replaces the content. When this returns, the new content survives a power loss.
     *
     * @throws IOException with a message for the operator
     */
    public void write(byte[] content) throws IOException {
        try {
            dataFolder.requireLocked();
            Path folder = Objects.requireNonNull(file.getParent(), "the file is in the data folder");
            if (!Files.isDirectory(folder)) {
                DataFolder.createFolder(folder);
                DataFolder.forceFolder(Objects.requireNonNull(folder.getParent(), "the file is in the data folder"));
            }
            DataFolder.replace(file, content);
        } catch (IOException e) {
            throw new IOException(file + " cannot be written: " + DataFolder.describe(e), e);
        }
    }

    /** Moves an unreadable file to quarantine. */
    public void quarantine(String reason, Instant now) throws IOException {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        quarantine.move(
                file, name.substring(0, dot) + "-" + now.toString().replace(":", "") + name.substring(dot), reason);
    }
}
