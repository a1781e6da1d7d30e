package org.epmpulse.store;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;

/** Updates that are recorded all or none, and the reply to complete then. */
record Request(
        List<ValidatedUpdate> updates,
        boolean batch,
        @Nullable Idempotency idempotency,
        CompletableFuture<List<Entry>> reply) {

    @Nullable
    String sender() {
        return updates.get(0).key();
    }

    /** Whether equal idempotency keys of both mean the same request. */
    boolean hasSameScope(Request other) {
        return batch == other.batch && Objects.equals(sender(), other.sender());
    }

    void fail(RuntimeException failure) {
        reply.completeExceptionally(failure);
    }

    // Requests with equal content are different requests.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
