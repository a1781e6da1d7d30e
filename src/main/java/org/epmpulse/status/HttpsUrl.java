package org.epmpulse.status;

import java.net.URI;
import java.net.URISyntaxException;

/** Checks addresses that people open from the board or from a message. */
public final class HttpsUrl {

    private HttpsUrl() {}

    /**
     * Whether this is an absolute {@code https:} address with a host and without a user name. Any other scheme could run
     * a script, and a user name could hide the host.
     */
    public static boolean isValid(String text) {
        try {
            URI uri = new URI(text);
            return "https".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && text.chars().allMatch(c -> c > ' ' && c < 127);
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
