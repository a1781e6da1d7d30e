package org.epmpulse.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.logging.log4j.message.AsynchronouslyFormattable;
import org.apache.logging.log4j.message.MapMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the access log tells of a request: one line as text, fields in JSON.
 *
 * <p>The client's address comes first and nothing that a client can choose comes before the status, except a method and a
 * path in visible ASCII without quotes: {@code deploy/fail2ban} relies on it.
 */
@AsynchronouslyFormattable
final class AccessLine extends MapMessage<AccessLine, Object> {

    private static final long serialVersionUID = 1;

    /** A longer path is cut: who has no key must not fill the disk. */
    private static final int MAX_PATH = 200;

    private static final int MAX_METHOD = 20;

    private final String client;
    private final @Nullable String key;
    private final String method;
    private final String path;
    private final int status;
    private final long bytes;
    private final long millis;
    private final String requestId;

    /**
     * A reply that was sent.
     *
     * @param client address, as far as proxies are trusted
     * @param key its name; null if the request came without a valid one, or needs none
     * @param path as it came, without the query
     * @param bytes of the reply's body
     * @param requestId the one that other lines and an internal error name
     */
    static AccessLine of(
            String client,
            @Nullable String key,
            String method,
            String path,
            int status,
            long bytes,
            long millis,
            String requestId) {
        return new AccessLine(
                client, key, visible(method, MAX_METHOD), visible(path, MAX_PATH), status, bytes, millis, requestId);
    }

    private AccessLine(
            String client,
            @Nullable String key,
            String method,
            String path,
            int status,
            long bytes,
            long millis,
            String requestId) {
        this.client = client;
        this.key = key;
        this.method = method;
        this.path = path;
        this.status = status;
        this.bytes = bytes;
        this.millis = millis;
        this.requestId = requestId;
        with("client", client).with("method", method).with("path", path).with("status", status);
        with("bytes", bytes).with("duration_ms", millis).with("request", requestId);
        if (key != null) {
            with("key", key);
        }
    }

    @Override
    public AccessLine newInstance(Map<String, Object> fields) {
        throw new UnsupportedOperationException("a line is not rewritten");
    }

    /** From the fields: the map would look each up and format it in a way for everything. */
    @Override
    protected void appendMap(StringBuilder line) {
        line.append(client)
                .append(' ')
                .append(key == null ? "-" : key)
                .append(" \"")
                .append(method)
                .append(' ')
                .append(path)
                .append("\" ")
                .append(status)
                .append(' ')
                .append(bytes)
                .append(' ')
                .append(millis)
                .append("ms ")
                .append(requestId);
    }

    /** Everything else as an URL would have it, so that nobody can end the line or its quotes. */
    private static String visible(String text, int max) {
        String start = text.length() > max ? text.substring(0, max) + "..." : text;
        StringBuilder visible = new StringBuilder(start.length());
        for (byte octet : start.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet < 0x7f && octet != '"' && octet != '\\') {
                visible.append((char) octet);
            } else {
                visible.append('%').append(String.format("%02X", octet));
            }
        }
        return visible.toString();
    }
}
