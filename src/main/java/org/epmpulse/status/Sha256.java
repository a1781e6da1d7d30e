package org.epmpulse.status;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 without the checked exception of {@link MessageDigest}: every Java platform has the algorithm. */
public final class Sha256 {

    /** One for each thread: creating one takes as long as hashing a key. */
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Sha256::digest);

    private Sha256() {}

    /** The hash of the text's UTF-8 bytes, 32 bytes. */
    public static byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The hash of the bytes, 32 bytes. */
    public static byte[] of(byte[] bytes) {
        MessageDigest digest = DIGEST.get();
        // An earlier call may have failed half-way.
        digest.reset();
        return digest.digest(bytes);
    }

    /** A new digest, for bytes that come in parts. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
