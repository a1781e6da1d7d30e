package org.epmpulse.cli;

import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds files that are shipped with the program, independent of the working folder. */
final class Installation {

    /** The build folder of the project: the jar is in it, the other files are beside it. */
    private static final Path BUILD = Path.of("target");

    private Installation() {}

    /** The shipped routes folder; null if it is not found. */
    static @Nullable Path routes() {
        return folder("routes");
    }

    /** A folder of the installation; null if it is not found. */
    static @Nullable Path folder(String name) {
        CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return null;
        }
        try {
            return folder(Path.of(source.getLocation().toURI()), name);
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return null;
        }
    }

    /** The folder beside a jar, or beside {@code target/} for a jar in it; null if there is none. */
    static @Nullable Path folder(Path jar, String name) {
        Path home = Objects.requireNonNull(jar.toAbsolutePath().getParent(), "a file has a folder");
        Path folder = home.resolve(name);
        if (!Files.isDirectory(folder) && home.endsWith(BUILD)) {
            folder = home.resolveSibling(name);
        }
        return Files.isDirectory(folder) ? folder : null;
    }
}
