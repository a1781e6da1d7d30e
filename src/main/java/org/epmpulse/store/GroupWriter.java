package org.epmpulse.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.ServiceThreads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides and writes what waits, in groups, on one thread. It takes all requests that wait, decides their outcomes
 * against the current board, commits their lines at once and notifies the listeners. Boards are immutable, so a write
 * that failed leaves nothing to undo in memory. Other threads complete the callers, so that what they do next does not
 * keep the next group waiting. Thread-safe.
 *
 * @param <P> a place in the log
 */
public final class GroupWriter<P> {

    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);

    /** Requests that may wait for the log; more are refused, which keeps the memory bounded when a disk hangs. */
    private static final int MAX_WAITING = 10_000;

    /** Updates in one commit; a batch is never divided. */
    private static final int MAX_GROUP = 4_000;

    /** How often a log that cannot be written is tried again. */
    private static final long PROBE_MILLIS = 2_000;

    /** How long a stop waits until the last callers have their replies. */
    private static final int REPLIES_SECONDS = 10;

    /** Behind it nothing is written. */
    private static final Request END = new Request(List.of(), false, null, new CompletableFuture<>());

    private final GroupLog<P> log;
    private final StatusRules rules;
    private final IdempotencyIndex<P> idempotency;
    private final UpdateCounters counters;
    private final Consumer<StatusChange> changes;
    private final ServiceThreads threads;
    /** One thread a group, not one for all: a route that waits for another update in its turn must not wait for itself. */
    private final ExecutorService replies;

    private final BlockingQueue<Request> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private @Nullable Thread thread;
    private volatile @Nullable String problem;
    private volatile boolean closing;

    /** Nobody takes what waits any more, except for one last time. */
    private volatile boolean ended;

    /**
     * A writer that is to be started.
     *
     * @param idempotency is read here and added to by the log
     * @param changes gets every change, in the order of the revisions, on the writer's thread: it takes it and returns
     *     at once
     */
    public GroupWriter(
            GroupLog<P> log,
            StatusRules rules,
            IdempotencyIndex<P> idempotency,
            UpdateCounters counters,
            Consumer<StatusChange> changes,
            ServiceThreads threads) {
        this.log = log;
        this.rules = rules;
        this.idempotency = idempotency;
        this.counters = counters;
        this.changes = changes;
        this.threads = threads;
        this.replies = threads.cachedPool("epmpulse-replies");
    }

    /** Begins to write. Not restarted after a failure: what the log holds then is not known. */
    public void start() {
        thread = threads.start("epmpulse-journal", this::run);
    }

    /** As {@link StatusStore#record}. */
    public CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency key) {
        if (updates.isEmpty()) {
            throw new IllegalArgumentException("updates must not be empty");
        }
        CompletableFuture<List<Entry>> reply = new CompletableFuture<>();
        if (closing) {
            reply.completeExceptionally(closed());
            return reply;
        }
        Request request = new Request(List.copyOf(updates), batch, key, reply);
        if (!waiting.offer(request)) {
            request.fail(
                    new StoreUnavailableException("more than " + MAX_WAITING + " requests wait for the disk", null));
        } else if (ended && waiting.remove(request)) {
            request.fail(closed());
        }
        return reply;
    }

    private static StoreUnavailableException closed() {
        return new StoreUnavailableException("the store is closed", null);
    }

    /** Why nothing can be written, for a person; null while all is well. */
    public @Nullable String problem() {
        return problem;
    }

    private void run() {
        try {
            boolean goOn = true;
            while (goOn) {
                Request first = waiting.poll(PROBE_MILLIS, TimeUnit.MILLISECONDS);
                if (first == END) {
                    goOn = false;
                } else if (first != null) {
                    write(first);
                } else if (problem != null) {
                    probe();
                }
            }
        } catch (InterruptedException e) {
            problem = "the journal's writer was interrupted";
            throw new IllegalStateException(problem, e);
        } catch (RuntimeException | Error e) {
            problem = "the journal's writer ended, see the log";
            throw e;
        } finally {
            closing = true;
            ended = true;
            List<Request> late = new ArrayList<>();
            waiting.drainTo(late);
            failAll(late, closed());
        }
    }

    /** Makes a group durable with one commit and then completes its callers; or fails all of it. */
    private void write(Request first) {
        List<Request> requests = new ArrayList<>();
        requests.add(first);
        Group<P> group = null;
        try (GroupLog.Turn turn = log.begin()) {
            takeWaiting(requests);
            group = new Group<>(turn.board(), turn.received(), rules, idempotency);
            requests.forEach(group::add);
            turn.commit(group.lines(), group.board());
        } catch (IOException e) {
            unavailable(e);
            fail(requests, group, new StoreUnavailableException("the journal cannot be written", e));
            return;
        } catch (RuntimeException | Error e) {
            // Not a StoreUnavailableException, which promises that nothing was recorded.
            fail(requests, group, new IllegalStateException("the journal's writer ended"));
            throw e;
        }
        try {
            if (!group.lines().isEmpty()) {
                available();
                group.changes().forEach(changes);
            }
            group.decided().forEach(counters::accepted);
        } finally {
            // What is recorded is acknowledged, whatever came after it.
            Map<Request, List<Entry>> recorded = group.recorded();
            reply(() -> recorded.forEach((request, entries) -> request.reply().complete(entries)));
            completeOthers(group);
        }
    }

    private void takeWaiting(List<Request> group) {
        int updates = group.get(0).updates().size();
        Request next = waiting.peek();
        while (next != null && next != END && updates + next.updates().size() <= MAX_GROUP) {
            group.add(waiting.remove());
            updates += next.updates().size();
            next = waiting.peek();
        }
    }

    /**
     * Completes the requests of a group that was not committed.
     *
     * @param group null if nothing was decided yet
     */
    private void fail(List<Request> requests, @Nullable Group<P> group, RuntimeException failure) {
        if (group == null) {
            failAll(requests, failure);
            return;
        }
        // Among them those that were still to be decided.
        failAll(
                requests.stream()
                        .filter(request -> !group.refused().containsKey(request)
                                && !group.repeats().containsKey(request))
                        .toList(),
                failure);
        completeOthers(group);
    }

    /** Completes those whose replies do not depend on the commit. */
    private void completeOthers(Group<P> group) {
        if (!group.refused().isEmpty()) {
            reply(() -> group.refused().forEach(Request::fail));
        }
        if (!group.repeats().isEmpty()) {
            // Reads the log, which may be slow.
            reply(() -> group.repeats().forEach(this::repeat));
        }
    }

    private void repeat(Request request, IdempotencyIndex.First<P> first) {
        try {
            request.reply().complete(log.entries(first.position(), first.count()));
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("The first reply to a repeated request cannot be read", e);
            request.fail(new StoreUnavailableException("the first reply cannot be read", e));
        }
    }

    private void failAll(Collection<Request> requests, RuntimeException failure) {
        reply(() -> requests.forEach(request -> request.fail(failure)));
    }

    /** On another thread; on this one if no thread can be started: nobody may be left without an answer. */
    private void reply(Runnable task) {
        try {
            replies.execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.warn("Replies are sent by the journal's writer, no thread can be started: {}", e.toString());
            task.run();
        }
    }

    private void unavailable(IOException failure) {
        if (problem == null) {
            LOG.error("The journal cannot be written, updates are refused: {}", failure.getMessage());
        }
        problem = "the journal cannot be written: " + failure.getMessage();
    }

    private void available() {
        if (problem != null) {
            problem = null;
            LOG.info("The journal can be written again, updates are accepted");
        }
    }

    /** Finds out whether a disk that was full or gone is back, so that health says so before the next update comes. */
    private void probe() {
        try {
            log.probe();
            available();
        } catch (IOException e) {
            LOG.debug("The journal still cannot be written", e);
        }
    }

    /** Writes what waits, completes its callers and ends. */
    public void close() throws InterruptedException {
        closing = true;
        Thread running = thread;
        if (running != null) {
            waiting.put(END);
            running.join();
        }
        replies.shutdown();
        replies.awaitTermination(REPLIES_SECONDS, TimeUnit.SECONDS);
    }
}
