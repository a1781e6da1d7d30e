package org.epmpulse.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A folder of requests that could not be sent, a file each, named by its {@code Idempotency-Key}. The clients of {@code
 * deploy/clients/} use the same files. Several processes may use one at the same time: each sends the files in their
 * order and removes those that were accepted, so no file is sent before an earlier one was accepted.
 */
final class Spool {

    private static final String SUFFIX = ".json";
    private static final String BATCH_SUFFIX = ".batch.json";

    private final Path folder;

    Spool(Path folder) {
        this.folder = folder;
    }

    /**
     * Keeps a request.
     *
     * @throws IOException if the folder cannot be written; then nothing of the request is left in it
     */
    void keep(StatusRequest request) throws IOException {
        Files.createDirectories(folder, permissions("rwx------"));
        String name = name(request);
        Path temporary = folder.resolve("." + name + "." + UUID.randomUUID());
        try {
            try (FileChannel file = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                    permissions("rw-------"))) {
                ByteBuffer body = StandardCharsets.UTF_8.encode(request.body());
                while (body.hasRemaining()) {
                    file.write(body);
                }
                file.force(true);
            }
            Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    private static FileAttribute<?>[] permissions(String owner) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(owner))}
                : new FileAttribute<?>[0];
    }

    /** The names of all files, the oldest first. */
    List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (!name.startsWith(".") && !Files.isDirectory(file)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return names;
    }

    /** Null if another process has sent it. */
    @Nullable
    StatusRequest read(String name) throws IOException {
        try {
            String body = new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8);
            return name.endsWith(BATCH_SUFFIX)
                    ? new StatusRequest(without(name, BATCH_SUFFIX), StatusRequest.BATCH, body)
                    : new StatusRequest(without(name, SUFFIX), StatusRequest.STATUS, body);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** A file that cannot be removed is sent again, with the same key. */
    void remove(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Puts a file aside, so that it does not hold up those after it.
     *
     * @return where it is; null if another process has moved or sent it
     */
    @Nullable
    Path putAside(String name) throws IOException {
        Path aside = folder.resolve("refused");
        Files.createDirectories(aside, permissions("rwx------"));
        try {
            return Files.move(folder.resolve(name), aside.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String name(StatusRequest request) {
        return request.key() + (request.path().equals(StatusRequest.BATCH) ? BATCH_SUFFIX : SUFFIX);
    }

    private static String without(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length());
    }
}
