package org.epmpulse.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A key somebody may use. The key itself is not kept.
 *
 * @param name who uses it; goes into the journal
 * @param sha256 of the key's UTF-8 bytes, 64 lower-case hex digits
 */
public record ApiKey(String name, Role role, String sha256) {

    public ApiKey {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("the SHA-256 of a key must be 64 lower-case hex digits");
        }
    }

    /** A key given in plain, which is then named by the first 8 digits of its SHA-256. */
    static ApiKey ofPlain(String key, Role role) {
        String sha256 = HexFormat.of().formatHex(sha256(key));
        return new ApiKey("key-" + sha256.substring(0, 8), role, sha256);
    }

    static byte[] sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
