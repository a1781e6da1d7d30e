package org.epmpulse.http;

import org.epmpulse.config.ApiKey;

/**
 * Who uses memory of the server: an API key or, for requests without a key, the address of the client. Immutable.
 *
 * @param name of the key or address, for people
 * @param anonymous whether it is an address
 */
public record Holder(String name, boolean anonymous) {

    static Holder of(HttpCall call) {
        ApiKey key = call.key;
        return key == null ? new Holder("address " + call.client, true) : new Holder("key " + key.name(), false);
    }
}
