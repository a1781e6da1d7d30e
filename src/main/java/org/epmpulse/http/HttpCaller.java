package org.epmpulse.http;

import org.apache.camel.Exchange;
import org.epmpulse.config.ApiKey;
import org.jspecify.annotations.Nullable;

/**
 * Who sent the HTTP request that a route has received. Read from the request itself: a header of the message may come from
 * anywhere. Immutable.
 *
 * @param key name of the key; null if the message did not come over HTTP, or without a key
 * @param signed whether the body was signed, see {@link BodySignature}
 */
public record HttpCaller(@Nullable String key, boolean signed) {

    private static final HttpCaller NONE = new HttpCaller(null, false);

    /** The caller of an exchange, also after it was copied or passed to another route. */
    public static HttpCaller of(Exchange exchange) {
        HttpCall call = exchange.getProperty(EventLoopEngine.CALL, HttpCall.class);
        ApiKey key = call == null ? null : call.key;
        return key == null ? NONE : new HttpCaller(key.name(), call.signature != null);
    }
}
