package org.epmpulse.config;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Checks the URLs of Slack and EPM. No message shows the URL, which may hold a password. */
final class HttpAddress {

    static final String RULE = "must be an absolute http or https URL without user, query or fragment";

    private HttpAddress() {}

    /** The URL without a trailing slash; null if it breaks {@link #RULE}. */
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

    /** Reports an unencrypted URL that is not local: an error in production, else a warning. */
    static void checkEncrypted(URI uri, DeploymentMode mode, String where, Problems problems) {
        if ("https".equalsIgnoreCase(uri.getScheme()) || AddressRange.isLoopback(uri.getHost())) {
            return;
        }
        if (mode == DeploymentMode.PRODUCTION) {
            problems.error(where, "must be https:// in production (http:// sends credentials unencrypted)");
        } else {
            problems.warning(
                    where, "http:// sends credentials unencrypted and is rejected in production (use https://)");
        }
    }
}
