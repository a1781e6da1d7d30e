package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** By what two things that were said of a domain are ordered. */
interface Said {

    Status status();

    /** What the sender said; null if it did not say. */
    @Nullable
    Instant timestamp();

    /** Name of the API key it came with; null if none. */
    @Nullable
    String key();
}
