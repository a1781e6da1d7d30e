package org.epmpulse.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a route answers over HTTP.
 *
 * @param headers beside Cache-Control, which every reply has, and Content-Type, unless it is other than JSON
 * @param body null for a reply without a body
 */
public record Reply(
        int status, Map<String, String> headers, @Nullable String body) {

    public Reply {
        headers = Map.copyOf(headers);
    }

    /** 200 with this as its {@code data}. */
    static Reply ok(Object data) {
        return of(200, new Envelope.Success(data));
    }

    /** This, written as JSON. */
    static Reply of(int status, Object json) {
        return new Reply(status, Map.of(), WireJson.write(json));
    }

    Reply withHeaders(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Reply(status, all, body);
    }
}
