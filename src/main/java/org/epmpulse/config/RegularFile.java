package org.epmpulse.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a whole file of a limited size. A folder, a named pipe or a device is rejected: reading it could block or never
 * end.
 */
public final class RegularFile {

    private static final int MEBIBYTE = 1024 * 1024;

    private RegularFile() {}

    /**
     * The content of a file.
     *
     * @param maxMebibytes limit of its size, 1 or more
     * @throws NoSuchFileException if there is no such file
     * @throws IOException if it is not a readable, regular file within the limit, with that rule as its message
     */
    public static byte[] read(Path file, int maxMebibytes) throws IOException {
        if (Files.notExists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        int max = maxMebibytes * MEBIBYTE;
        if (!Files.isRegularFile(file) || Files.size(file) > max) {
            throw new IOException(rule(maxMebibytes));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(max + 1);
            if (bytes.length > max) {
                throw new IOException(rule(maxMebibytes));
            }
            return bytes;
        } catch (IOException e) {
            throw new IOException(rule(maxMebibytes), e);
        }
    }

    /** The rule for such a file, for messages. */
    public static String rule(int maxMebibytes) {
        return "must be a readable, regular file of at most " + maxMebibytes + " MiB";
    }
}
