package org.epmpulse.store.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes a file that is open, to detect that its path no longer leads to it. Immutable.
 *
 * @param key device and inode; null where the file system has none, then only a missing file is detected
 * @see BasicFileAttributes#fileKey()
 */
record FileIdentity(@Nullable Object key) {

    /** The identity of the file that is at a path now. */
    static FileIdentity of(Path path) throws IOException {
        return new FileIdentity(
                Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    }

    /**
     * Checks that this file is at the path.
     *
     * @param name of the file in the message
     * @throws FilesMovedException if it is not
     */
    void require(Path path, String name) throws IOException {
        try {
            if (!Objects.equals(key, of(path).key)) {
                throw new FilesMovedException(name + " was replaced", false);
            }
        } catch (NoSuchFileException e) {
            throw new FilesMovedException(name + " was deleted or moved", true);
        }
    }
}
