package org.epmpulse.config;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** What an address of Slack or EPM must be. Messages never hold the address: it may hold a password. */
final class HttpAddress {

    static final String RULE = "must be an absolute http or https URL without user, query or fragment";

    private HttpAddress() {}

    /** The address without a slash at its end; null if it breaks {@link #RULE}. */
    static @Nullable URI parse(String text) {
        try {
            URI uri = new URI(text.replaceFirst("/+$", ""));
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean plain = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
            return http && plain && uri.getHost() != null && uri.getPort() <= 65535 ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Says where a secret would travel readable for others: an error in production. */
    static void checkEncrypted(URI uri, Environment environment, String where, Problems problems) {
        if ("https".equalsIgnoreCase(uri.getScheme()) || AddressRange.isLoopback(uri.getHost())) {
            return;
        }
        if (environment == Environment.PRODUCTION) {
            problems.error(where, "must be https:// in production, http:// sends credentials readable for others");
        } else {
            problems.warning(where, "http:// sends credentials readable for others, and is refused in production");
        }
    }
}
