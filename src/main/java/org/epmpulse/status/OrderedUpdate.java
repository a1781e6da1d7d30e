package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What decides which of two updates of a domain is the later one. */
interface OrderedUpdate {

    Status status();

    /** Of the sender's clock; null if the sender gave none. */
    @Nullable
    Instant timestamp();

    /** Name of the API key it came with; null if none. */
    @Nullable
    String key();
}
