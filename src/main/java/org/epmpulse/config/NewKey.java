package org.epmpulse.config;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.epmpulse.status.Sha256;

/**
 * A generated API key and its line for the keys file.
 *
 * @param key 32 random bytes as base64url; shown once, not stored
 * @param line {@code NAME:ROLE:SHA256HEX}, from which the key cannot be computed
 */
public record NewKey(String key, String line) {

    public static final String DEFAULT_NAME = "default";

    private static final int BYTES = 32;

    /** @throws IllegalArgumentException if the name is not valid in a keys file */
    public static NewKey named(String name) {
        return named(name, Role.WRITE);
    }

    /** @throws IllegalArgumentException if the name is not valid in a keys file */
    public static NewKey named(String name, Role role) {
        return named(name, role, new SecureRandom());
    }

    static NewKey named(String name, Role role, RandomGenerator random) {
        if (!KeysFile.isName(name)) {
            throw new IllegalArgumentException(KeysFile.NAME_RULE);
        }
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new NewKey(key, name + ":" + role.label() + ":" + HexFormat.of().formatHex(Sha256.of(key)));
    }

    /** Hides the key. */
    @Override
    public String toString() {
        return "NewKey[" + line + "]";
    }
}
