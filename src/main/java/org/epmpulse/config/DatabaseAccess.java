package org.epmpulse.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL database that several nodes share. Immutable; its text holds no secret.
 *
 * @param url for the driver, {@code jdbc:postgresql://…}, without user and password
 * @param user null for the driver's default, the user of the process
 * @param password null if there is none, or if it is in a file
 * @param passwordFile read at every connect; null if not set
 * @param migrate whether a start creates and upgrades the tables
 */
public record DatabaseAccess(
        String url,
        @Nullable String user,
        @Nullable String password,
        @Nullable Path passwordFile,
        boolean migrate) {

    private static final int MAX_PASSWORD_MEBIBYTES = 1;

    /**
     * The password as it is now; null if there is none.
     *
     * @throws IOException if the file cannot be read, with a message for the operator
     */
    public @Nullable String currentPassword() throws IOException {
        Path file = passwordFile;
        if (file == null) {
            return password;
        }
        try {
            return new String(RegularFile.read(file, MAX_PASSWORD_MEBIBYTES), StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            throw new IOException("EPMPULSE_DATABASE_PASSWORD_FILE: file " + file + " not found", e);
        } catch (IOException e) {
            throw new IOException("EPMPULSE_DATABASE_PASSWORD_FILE: file " + file + " " + e.getMessage(), e);
        }
    }

    /** Whether all hosts of the URL are this machine. */
    public boolean isLocal() {
        return DatabaseUrl.hosts(url).stream().allMatch(AddressRange::isLoopback);
    }

    /** Whether the server must prove its name with a certificate. */
    boolean isVerified() {
        return "verify-full".equals(DatabaseUrl.parameter(url, "sslmode"));
    }

    /** The texts that are never shown. */
    Set<String> secrets() {
        return password == null ? Set.of() : new HashSet<>(List.of(password));
    }

    /** The servers and the database, for people. */
    public String describe() {
        List<String> hosts = new ArrayList<>(DatabaseUrl.hosts(url));
        return String.join(", ", hosts) + ", database " + DatabaseUrl.database(url);
    }

    @Override
    public String toString() {
        return "DatabaseAccess[" + describe() + "]";
    }
}
