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

    /** The first bytes of a hash: they say nothing about the key, so how long it takes to look them up does not, either. */
    private volatile Map<Long, List<Hashed>> keys = Map.of();

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
                .collect(Collectors.groupingBy(key -> start(key.sha256()), LinkedHashMap::new, Collectors.toList()));
    }

    /** The keys that are valid now. */
    public List<ApiKey> all() {
        return keys.values().stream().flatMap(List::stream).map(Hashed::key).toList();
    }

    /** The key somebody presents, or null if it is not valid. How long it takes says nothing about the valid ones. */
    public @Nullable ApiKey find(String presented) {
        byte[] sha256 = Sha256.of(presented);
        ApiKey found = null;
        for (Hashed candidate : keys.getOrDefault(start(sha256), List.of())) {
            if (MessageDigest.isEqual(candidate.sha256(), sha256)) {
                found = candidate.key();
            }
        }
        return found;
    }

    private static long start(byte[] sha256) {
        return ByteBuffer.wrap(sha256).getLong();
    }
}
