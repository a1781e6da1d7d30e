package org.epmpulse.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for headers that decide where a request ends and whose it is. A request that another program could read in
 * another way is rejected, because behind a proxy a part of it might pass as a request of somebody else.
 */
final class RequestRules {

    /** What a host and a port may contain besides letters and digits. */
    private static final String HOST_MARKS = "._~%!$&'()*+;=:[]-";

    private static final Pattern COMMA = Pattern.compile("[ \t]*,[ \t]*");
    private static final Pattern NON_ASCII = Pattern.compile("[^\\x00-\\x7f]");
    private static final String CHUNKED = "chunked";
    private static final String CLOSE = "close";
    private static final String KEEP_ALIVE = "keep-alive";

    private RequestRules() {}

    /**
     * Why a request is rejected; null if it is unambiguous.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112, Message Body Length</a>
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2">RFC 9112, Request Target (Host)</a>
     */
    static @Nullable MalformedRequestException problem(HttpRequest request) {
        HttpHeaders headers = request.headers();
        boolean current = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (current && hosts.isEmpty())) {
            return malformed("The request must have exactly one Host header.");
        }
        if (!hosts.isEmpty() && !isHost(hosts.get(0))) {
            return malformed("The Host header must be a name or an address, with or without a port.");
        }
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING) ? transferEncodingProblem(headers, current) : null;
    }

    private static boolean isHost(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && HOST_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable MalformedRequestException transferEncodingProblem(HttpHeaders headers, boolean current) {
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return malformed("The request must not have both Content-Length and Transfer-Encoding.");
        }
        if (!current) {
            return malformed("HTTP/1.0 has no Transfer-Encoding. Use HTTP/1.1.");
        }
        List<String> values = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (values.size() > 1) {
            return malformed("The request must not have more than one Transfer-Encoding header.");
        }
        String coding = values.get(0).toLowerCase(Locale.ROOT);
        if (coding.equals(CHUNKED)) {
            return null;
        }
        List<String> codings = List.of(COMMA.split(coding, -1));
        boolean onlyLastIsChunked = codings.indexOf(CHUNKED) == codings.size() - 1;
        return onlyLastIsChunked
                ? new MalformedRequestException(501, "The only supported Transfer-Encoding is chunked.")
                : malformed("The only supported Transfer-Encoding is chunked.");
    }

    private static MalformedRequestException malformed(String message) {
        return new MalformedRequestException(400, message);
    }

    /** Replaces a list in {@code Connection} by the option that Vert.x recognizes only as the whole value. */
    static void simplifyConnection(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return;
        }
        String options =
                String.join(",", headers.getAll(HttpHeaderNames.CONNECTION)).toLowerCase(Locale.ROOT);
        List<String> names = List.of(COMMA.split(options.strip(), -1));
        if (names.contains(CLOSE)) {
            headers.set(HttpHeaderNames.CONNECTION, CLOSE);
        } else if (names.contains(KEEP_ALIVE)) {
            headers.set(HttpHeaderNames.CONNECTION, KEEP_ALIVE);
        }
    }

    /**
     * Percent-encodes bytes from 0x80 of the target: clients send names in UTF-8 as they are, and Netty makes a Latin-1
     * character of each byte.
     */
    static void encodeTarget(HttpRequest request) {
        String target = request.uri();
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) >= 0x80) {
                request.setUri(NON_ASCII.matcher(target).replaceAll(octet -> "%%%02X"
                        .formatted((int) octet.group().charAt(0))));
                return;
            }
        }
    }
}
