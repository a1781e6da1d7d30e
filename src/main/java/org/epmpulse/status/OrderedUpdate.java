package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The fields that decide which of two updates of a domain is the later one; see {@link StatusRules}. */
interface OrderedUpdate {

    Status status();

    /** By the sender's clock; null if the sender gave none. */
    @Nullable
    Instant timestamp();

    /** Name of the sender's API key; null if none. */
    @Nullable
    String key();
}
