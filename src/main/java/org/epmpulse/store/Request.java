package org.epmpulse.store;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;

/** Updates that are recorded all or none, or an answer, and the reply to complete then. Thread-safe. */
final class Request {

    private enum State {
        /** Not decided yet. */
        QUEUED,
        /** The writer decides it, or commits it. */
        CLAIMED,
        /** Too old; it is never written. */
        EXPIRED
    }

    private final List<ValidatedUpdate> updates;
    private final @Nullable ValidatedAnswer answer;
    private final boolean batch;
    private final @Nullable Idempotency idempotency;
    private final CompletableFuture<List<Entry>> reply = new CompletableFuture<>();
    private final long receivedNanos;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    /**
     * @param updates empty if it is an answer
     * @param receivedNanos by {@link System#nanoTime()}
     */
    Request(
            List<ValidatedUpdate> updates,
            @Nullable ValidatedAnswer answer,
            boolean batch,
            @Nullable Idempotency idempotency,
            long receivedNanos) {
        this.updates = updates;
        this.answer = answer;
        this.batch = batch;
        this.idempotency = idempotency;
        this.receivedNanos = receivedNanos;
    }

    List<ValidatedUpdate> updates() {
        return updates;
    }

    /** Null if it is not an answer. */
    @Nullable
    ValidatedAnswer answer() {
        return answer;
    }

    /** How many entries it makes. */
    int size() {
        return answer == null ? updates.size() : 1;
    }

    boolean batch() {
        return batch;
    }

    @Nullable
    Idempotency idempotency() {
        return idempotency;
    }

    CompletableFuture<List<Entry>> reply() {
        return reply;
    }

    @Nullable
    String sender() {
        return answer == null ? updates.get(0).key() : answer.key();
    }

    /** What idempotency keys of the sender belong to; see {@link IdempotencyIndex#path}. */
    String path() {
        return answer == null
                ? IdempotencyIndex.path(batch, null, updates.get(0).id())
                : IdempotencyIndex.path(false, answer.answer(), answer.id());
    }

    /** Whether equal idempotency keys of both mean the same request. */
    boolean hasSameScope(Request other) {
        return path().equals(other.path()) && Objects.equals(sender(), other.sender());
    }

    /** Claims the request for the writer; false if it has expired. */
    boolean claim() {
        return state.compareAndSet(State.QUEUED, State.CLAIMED);
    }

    /** Returns a claimed request to the queue: it was not written. */
    void release() {
        state.compareAndSet(State.CLAIMED, State.QUEUED);
    }

    /** Whether the request is older than this. */
    boolean isOlderThan(long nanos, long now) {
        return now - receivedNanos > nanos;
    }

    /** Expires the request, unless the writer has claimed it. */
    boolean expire() {
        return state.compareAndSet(State.QUEUED, State.EXPIRED);
    }

    void fail(RuntimeException failure) {
        reply.completeExceptionally(failure);
    }
}
