package org.epmpulse.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The API key that the service generates if none is configured, so that it never runs without authentication. */
public final class GeneratedKeyFile {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private GeneratedKeyFile() {}

    /** The file of the key. */
    public static Path path(Path dataDir) {
        return dataDir.resolve("api-key");
    }

    /**
     * Reads the key of the data folder; creates the key and the folder if missing. Only the owner can read the file. To
     * be called by the process that owns the folder.
     *
     * @throws ConfigurationException if the file holds no key or a weak one
     * @throws IOException if the file can be neither read nor created
     */
    public static String readOrCreate(Path dataDir) throws IOException {
        Path file = path(dataDir);
        String key;
        try {
            key = new String(RegularFile.read(file, 1), StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return create(dataDir, file);
        } catch (IOException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
        if (KeyStrength.isWeak(key) || !key.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new ConfigurationException(
                    file.toString(),
                    "no key of at least 32 characters in this file (delete it: EPMPulse then creates a new key)");
        }
        if (posix(dataDir)) {
            Files.setPosixFilePermissions(file, OWNER_ONLY);
        }
        return key;
    }

    private static String create(Path dataDir, Path file) throws IOException {
        createFolder(dataDir);
        String key = NewKey.named(NewKey.DEFAULT_NAME).key();
        // On a POSIX file system, createTempFile gives access to the owner only.
        Path unfinished = Files.createTempFile(dataDir, "api-key", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap((key + "\n").getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return key;
    }

    private static void createFolder(Path folder) throws IOException {
        Path existing = folder.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        FileAttribute<?>[] attributes = posix(existing)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Files.createDirectories(folder, attributes);
    }

    private static boolean posix(Path existing) throws IOException {
        return Files.getFileStore(existing).supportsFileAttributeView("posix");
    }
}
