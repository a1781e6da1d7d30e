package org.epmpulse.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * Decides and writes queued requests in groups, on one thread (group commit). It takes all queued requests, decides
 * their outcomes against the current board, commits their lines together and notifies the listeners. Boards are
 * immutable, so a failed write leaves nothing to undo in memory. Other threads complete the replies, so that slow
 * callers do not delay the next group. Thread-safe.
 *
 * @param <P> a position in the log
 */
public final class GroupWriter<P> {

    private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);

    /** Limits the memory when a disk hangs: requests beyond this many queued ones fail. */
    private static final int MAX_QUEUED = 10_000;

    /** Updates in one commit; a batch is never split. */
    private static final int MAX_GROUP = 4_000;

    /** Interval between two checks of a log while nothing is written. */
    private static final long CHECK_MILLIS = 1_000;

    /** How long {@link #close} waits for the last replies. */
    private static final int REPLIES_SECONDS = 10;

    /** The last element of the queue. */
    private static final Request STOP = new Request(List.of(), false, null, new CompletableFuture<>());

    private final GroupLog<P> log;
    private final StatusRules rules;
    private final IdempotencyIndex<P> idempotency;
    private final UpdateCounters counters;
    private final Consumer<StatusChange> changes;
    private final ServiceThreads threads;
    /** One thread per group: with a single thread, a route that waits for another update would block itself. */
    private final ExecutorService replies;

    private final BlockingQueue<Request> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private @Nullable Thread thread;
    private volatile @Nullable String problem;
    private volatile boolean closing;

    /** No thread could be started for the last replies. Only for logging it once. */
    private boolean repliesItself;

    /** The thread has stopped and empties the queue a last time. */
    private volatile boolean stopped;

    /**
     * Creates a writer; {@link #start} starts it.
     *
     * @param idempotency the writer reads it, the log adds to it
     * @param changes receives every change in the order of the revisions, on the writer's thread; it must not block
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

    /** Starts the thread. It is not restarted after a failure, because the content of the log is then unknown. */
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
        if (!queue.offer(request)) {
            request.fail(
                    new StoreUnavailableException("more than " + MAX_QUEUED + " requests wait for the disk", null));
        } else if (stopped && queue.remove(request)) {
            request.fail(closed());
        }
        return reply;
    }

    private static StoreUnavailableException closed() {
        return new StoreUnavailableException("the store is closed", null);
    }

    /** Why updates cannot be written, as a text for people; null if they can. */
    public @Nullable String problem() {
        return problem;
    }

    private void run() {
        try {
            boolean running = true;
            while (running) {
                Request first = queue.poll(CHECK_MILLIS, TimeUnit.MILLISECONDS);
                if (first == STOP) {
                    running = false;
                } else if (first != null) {
                    write(first);
                } else if (problem != null) {
                    probe();
                } else {
                    check();
                }
            }
        } catch (InterruptedException e) {
            problem = "the journal writer was interrupted";
            throw new IllegalStateException(problem, e);
        } catch (RuntimeException | Error e) {
            problem = "the journal writer stopped, see the log";
            throw e;
        } finally {
            closing = true;
            stopped = true;
            List<Request> late = new ArrayList<>();
            queue.drainTo(late);
            failAll(late, closed());
        }
    }

    /** Writes a group with one commit and then completes its replies; or fails all of its requests. */
    private void write(Request first) {
        List<Request> requests = new ArrayList<>();
        requests.add(first);
        Group<P> group = null;
        try (GroupLog.Transaction transaction = log.begin()) {
            takeQueued(requests);
            group = new Group<>(transaction.board(), transaction.received(), rules, idempotency);
            requests.forEach(group::add);
            transaction.commit(group.lines(), group.board());
        } catch (IOException e) {
            reportUnavailable(e);
            fail(requests, group, new StoreUnavailableException("the journal cannot be written", e));
            return;
        } catch (RuntimeException | Error e) {
            // Not a StoreUnavailableException, which promises that nothing was recorded.
            fail(requests, group, new IllegalStateException("the journal writer stopped"));
            throw e;
        }
        try {
            if (!group.lines().isEmpty()) {
                reportAvailable();
                group.changes().forEach(changes);
            }
            group.decided().forEach(counters::countAccepted);
        } finally {
            // Recorded updates are acknowledged even if a listener failed.
            Map<Request, List<Entry>> recorded = group.recorded();
            reply(() -> recorded.forEach((request, entries) -> request.reply().complete(entries)));
            completeIndependent(group);
        }
    }

    private void takeQueued(List<Request> group) {
        int updates = group.get(0).updates().size();
        Request next = queue.peek();
        while (next != null && next != STOP && updates + next.updates().size() <= MAX_GROUP) {
            group.add(queue.remove());
            updates += next.updates().size();
            next = queue.peek();
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
        // This includes requests that were not decided yet.
        failAll(
                requests.stream()
                        .filter(request -> !group.failed().containsKey(request)
                                && !group.repeated().containsKey(request))
                        .toList(),
                failure);
        completeIndependent(group);
    }

    /** Completes the requests whose replies do not depend on the commit. */
    private void completeIndependent(Group<P> group) {
        if (!group.failed().isEmpty()) {
            reply(() -> group.failed().forEach(Request::fail));
        }
        if (!group.repeated().isEmpty()) {
            // Reads the log, which may be slow.
            reply(() -> group.repeated().forEach(this::replyFromLog));
        }
    }

    private void replyFromLog(Request request, IdempotencyIndex.FirstRequest<P> first) {
        try {
            List<Entry> entries = log.entries(first.position(), first.count());
            // Damage may have moved the lines.
            if (entries.size() != first.count()
                    || !entries.stream()
                            .allMatch(entry -> Objects.equals(entry.idempotency(), request.idempotency()))) {
                throw new IOException("other lines are at its place");
            }
            request.reply().complete(entries);
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("Journal: reading the first reply to a repeated request failed; the request fails", e);
            request.fail(new StoreUnavailableException("the first reply to this request cannot be read", e));
        }
    }

    private void failAll(Collection<Request> requests, RuntimeException failure) {
        reply(() -> requests.forEach(request -> request.fail(failure)));
    }

    /** Runs on another thread; on this one if no thread can be started, because every request must get a reply. */
    private void reply(Runnable task) {
        try {
            replies.execute(task);
            repliesItself = false;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            if (!repliesItself) {
                LOG.warn(
                        "Journal: starting a reply thread failed: {}; the journal writer sends the replies",
                        e.toString());
            }
            repliesItself = true;
            task.run();
        }
    }

    private void reportUnavailable(IOException failure) {
        if (problem == null) {
            LOG.error("Journal: write failed: {}; updates fail until it can be written again", failure.getMessage());
        }
        problem = "the journal cannot be written: " + failure.getMessage();
    }

    private void reportAvailable() {
        if (problem != null) {
            problem = null;
            LOG.info("Journal: can be written again; updates are accepted");
        }
    }

    private void check() {
        try {
            log.check();
        } catch (IOException e) {
            reportUnavailable(e);
        }
    }

    /**
     * Tests whether a disk that was full or missing is writable again, so that health recovers before the next update.
     */
    private void probe() {
        try {
            log.probe();
            reportAvailable();
        } catch (IOException e) {
            LOG.debug("Journal: still cannot be written", e);
        }
    }

    /** Writes the queued requests, completes their replies and stops. */
    public void close() throws InterruptedException {
        closing = true;
        Thread running = thread;
        if (running != null) {
            queue.put(STOP);
            running.join();
        }
        replies.shutdown();
        replies.awaitTermination(REPLIES_SECONDS, TimeUnit.SECONDS);
    }
}
