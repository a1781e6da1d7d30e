package org.epmpulse.security;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.Role;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/** The keys that are valid now. Thread-safe; {@link #replace} takes effect for the next request. */
public final class ApiKeys {

    private record Hashed(ApiKey key, byte[] sha256) {}

    /** By the first bytes of the hash. The time of this lookup reveals nothing about the keys themselves. */
    private volatile Map<Long, List<Hashed>> keys = Map.of();

    public ApiKeys(List<ApiKey> keys) {
        replace(keys);
    }

    /** The keys of {@code EPMPULSE_API_KEY}, all with the role {@code write}. */
    public static ApiKeys ofPlainKeys(List<String> keys) {
        return new ApiKeys(
                keys.stream().map(key -> ApiKey.ofPlain(key, Role.WRITE)).toList());
    }

    /** Replaces all valid keys. */
    public void replace(List<ApiKey> keys) {
        this.keys = keys.stream()
                .map(key -> new Hashed(key, HexFormat.of().parseHex(key.sha256())))
                .collect(Collectors.groupingBy(key -> prefix(key.sha256()), LinkedHashMap::new, Collectors.toList()));
    }

    /** The valid keys. */
    public List<ApiKey> all() {
        return keys.values().stream().flatMap(List::stream).map(Hashed::key).toList();
    }

    /** The valid key equal to the presented one, or null. The duration reveals nothing about the valid keys. */
    public @Nullable ApiKey find(String presented) {
        byte[] sha256 = Sha256.of(presented);
        ApiKey found = null;
        for (Hashed candidate : keys.getOrDefault(prefix(sha256), List.of())) {
            if (MessageDigest.isEqual(candidate.sha256(), sha256)) {
                found = candidate.key();
            }
        }
        return found;
    }

    private static long prefix(byte[] sha256) {
        return ByteBuffer.wrap(sha256).getLong();
    }
}
