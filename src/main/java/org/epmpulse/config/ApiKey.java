package org.epmpulse.config;

import java.util.HexFormat;
import org.epmpulse.status.Sha256;

/**
 * A valid API key. Only its hash is stored.
 *
 * @param name name of its user, recorded in the journal
 * @param sha256 of the key's UTF-8 bytes, 64 lower-case hex digits
 */
public record ApiKey(String name, Role role, String sha256) {

    public ApiKey {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("the SHA-256 of a key must be 64 lower-case hex digits");
        }
    }

    /** A key given as plain text. Its name holds the first 8 digits of its SHA-256. */
    public static ApiKey ofPlain(String key, Role role) {
        String sha256 = HexFormat.of().formatHex(Sha256.of(key));
        return new ApiKey("key-" + sha256.substring(0, 8), role, sha256);
    }
}
