package org.epmpulse.http;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.Role;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests by an HMAC-SHA256 of their body, as GitHub and many other senders of webhooks sign them. Immutable.
 *
 * @see <a href="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries">Validating webhook
 *     deliveries</a>
 */
public final class BodySignature {

    /** Before the name of the variable with the secret, in {@code routePolicy} and in the journal. */
    public static final String PREFIX = "hmac:";

    /** The header of the signature. */
    public static final String HEADER = "X-Hub-Signature-256";

    private static final String ALGORITHM = "HmacSHA256";
    private static final Pattern FORM = Pattern.compile("sha256=([0-9a-fA-F]{64})");

    private final ApiKey key;
    private final SecretKeySpec secret;

    /**
     * @param variable name of the variable, which the journal has as the key, after {@link #PREFIX}
     * @param secret its value, not empty
     */
    public BodySignature(String variable, String secret) {
        this.key = new ApiKey(PREFIX + variable, Role.WRITE, HexFormat.of().formatHex(Sha256.of(secret)));
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** The caller of a request with a valid signature. */
    ApiKey key() {
        return key;
    }

    /** Whether a request has a signature, valid or not. */
    static boolean isPresent(MultiMap headers) {
        return headers.contains(HEADER);
    }

    /** The signature of a request; null unless it has exactly one in the right form. */
    static byte @Nullable [] of(MultiMap headers) {
        List<String> values = headers.getAll(HEADER);
        if (values.size() != 1) {
            return null;
        }
        Matcher matcher = FORM.matcher(values.get(0).strip());
        return matcher.matches() ? HexFormat.of().parseHex(matcher.group(1)) : null;
    }

    /** Whether a signature is that of a body. The duration reveals nothing about the right signature. */
    boolean matches(byte[] signature, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return MessageDigest.isEqual(mac.doFinal(body), signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
