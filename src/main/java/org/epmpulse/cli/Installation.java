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
        CodeSource source = Installation.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return null;
        }
        try {
            return routes(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return null;
        }
    }

    /** The routes folder beside a jar, or beside {@code target/} for a jar in it; null if there is none. */
    static @Nullable Path routes(Path jar) {
        Path folder = Objects.requireNonNull(jar.toAbsolutePath().getParent(), "a file has a folder");
        Path routes = folder.resolve("routes");
        if (!Files.isDirectory(routes) && folder.endsWith(BUILD)) {
            routes = folder.resolveSibling("routes");
        }
        return Files.isDirectory(routes) ? routes : null;
    }
}
