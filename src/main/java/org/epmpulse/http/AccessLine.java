package org.epmpulse.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.logging.log4j.message.AsynchronouslyFormattable;
import org.apache.logging.log4j.message.MapMessage;
import org.jspecify.annotations.Nullable;

/**
 * One request in the access log: a line of text, or fields in JSON.
 *
 * <p>The client's address comes first. The only text before the status that a client can choose is the method and the
 * path, in visible ASCII without quotes. {@code deploy/fail2ban} depends on it.
 */
@AsynchronouslyFormattable
final class AccessLine extends MapMessage<AccessLine, Object> {

    private static final long serialVersionUID = 1;

    /** A longer path is cut, so that clients without a key cannot fill the disk. */
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
     * @param key its name; null if the request has no valid key or needs none
     * @param path as received, without the query
     * @param bytes of the reply's body
     * @param requestId the same as in other log lines and in the reply to an internal error
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
                client, key, encode(method, MAX_METHOD), encode(path, MAX_PATH), status, bytes, millis, requestId);
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
        throw new UnsupportedOperationException("an access log line cannot be copied");
    }

    /** Written from the fields, which is faster than to look up and format each entry of the map. */
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

    /** Percent-encodes all other characters, so that a client cannot end the line or its quotes. */
    private static String encode(String text, int max) {
        String start = text.length() > max ? text.substring(0, max) + "..." : text;
        if (isSafe(start)) {
            return start;
        }
        StringBuilder encoded = new StringBuilder(start.length());
        for (byte octet : start.getBytes(StandardCharsets.UTF_8)) {
            if (isSafe(octet)) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(String.format("%02X", octet));
            }
        }
        return encoded.toString();
    }

    private static boolean isSafe(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isSafe(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSafe(int c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '\\';
    }
}
