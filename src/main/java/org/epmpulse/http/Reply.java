package org.epmpulse.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP reply of a route. Immutable, so one reply can be sent to many clients.
 *
 * @param headers without Cache-Control, which is added to every reply, and without Content-Type if it is JSON
 * @param body in UTF-8; null for a reply without a body
 * @param shared whether this object is the reply to many requests, so that its body is in memory only once
 */
public record Reply(
        int status, Map<String, String> headers, @Nullable ByteBuffer body, boolean shared) {

    public Reply(int status, Map<String, String> headers, @Nullable ByteBuffer body) {
        this(status, headers, body, false);
    }

    public Reply {
        headers = Map.copyOf(headers);
        body = body == null ? null : body.asReadOnlyBuffer();
    }

    /** A new view of the same bytes, with its own read position. */
    @Override
    public @Nullable ByteBuffer body() {
        return body == null ? null : body.duplicate();
    }

    /** 200 with this as its {@code data}. */
    public static Reply ok(Object data) {
        return of(200, new Envelope.Success(data));
    }

    /** A reply with this object as JSON. */
    public static Reply of(int status, Object json) {
        return new Reply(status, Map.of(), ByteBuffer.wrap(WireJson.bytes(json)));
    }

    /** 200 with this text. */
    public static Reply text(Map<String, String> headers, String text) {
        return new Reply(200, headers, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * 200 with this text, outside the heap. The server sends such bytes without copying them, so that any number of clients
     * that do not read occupy no memory. For texts that never change.
     */
    public static Reply constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Reply(
                200,
                Map.of(),
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    /** The same reply with more headers. */
    public Reply withHeaders(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Reply(status, all, body);
    }

    /** The same reply, to be kept and sent to many clients. */
    public Reply asShared() {
        return new Reply(status, headers, body, true);
    }
}
