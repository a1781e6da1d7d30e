package org.epmpulse.api;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/** The keys that are valid now. Thread-safe; {@link #replace} takes effect for the next request. */
public final class ApiKeys {

    private record Hashed(ApiKey key, byte[] sha256) {}

    private volatile List<Hashed> keys = List.of();

    public ApiKeys(List<ApiKey> keys) {
        replace(keys);
    }

    /** The keys of {@code EPMPULSE_API_KEY}: each may write. */
    public static ApiKeys ofPlainKeys(List<String> keys) {
        return new ApiKeys(
                keys.stream().map(key -> ApiKey.ofPlain(key, Role.WRITE)).toList());
    }

    /** From now on these keys, and no others, are valid. */
    public void replace(List<ApiKey> keys) {
        this.keys = keys.stream()
                .map(key -> new Hashed(key, HexFormat.of().parseHex(key.sha256())))
                .toList();
    }

    /** The keys that are valid now. */
    public List<ApiKey> all() {
        return keys.stream().map(Hashed::key).toList();
    }

    /** The key somebody presents, or null if it is not valid. Takes as long whichever it is, or none. */
    public @Nullable ApiKey find(String presented) {
        byte[] sha256 = Sha256.of(presented);
        ApiKey found = null;
        for (Hashed candidate : keys) {
            if (MessageDigest.isEqual(candidate.sha256(), sha256)) {
                found = candidate.key();
            }
        }
        return found;
    }
}
