package org.epmpulse.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The server that sends e-mails. Immutable; its text holds no secret.
 *
 * @param tls whether the connection begins with TLS ({@code smtps}); else it changes to TLS by STARTTLS
 * @param host name or IP address, IPv6 without brackets
 * @param user null if the server needs none
 * @param password empty if there is none
 */
public record MailServer(
        boolean tls, String host, int port, @Nullable String user, String password) {

    static final String RULE = "must be smtp://host, smtps://host or either with a port, without user, path and query";

    private static final int SUBMISSION = 587;
    private static final int SUBMISSIONS = 465;

    /** A server without a user; null if the text breaks {@link #RULE}. */
    static @Nullable MailServer parse(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            String host = uri.getHost();
            boolean plain = uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
            boolean tls = scheme.equals("smtps");
            int port = uri.getPort() < 0 ? tls ? SUBMISSIONS : SUBMISSION : uri.getPort();
            if (host == null || !plain || port == 0 || port > 65535 || !(tls || scheme.equals("smtp"))) {
                return null;
            }
            return new MailServer(tls, host.replaceAll("[\\[\\]]", ""), port, null, "");
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Whether a connection without TLS is refused: a password must not be sent unencrypted to another host. */
    public boolean requiresTls() {
        return tls || (user != null && !AddressRange.isLoopback(host));
    }

    @Override
    public String toString() {
        return (tls ? "smtps://" : "smtp://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
