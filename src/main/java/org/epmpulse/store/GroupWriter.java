package org.epmpulse.store;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedAnswer;
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

    /** Limits the memory when a log hangs: requests beyond this many queued ones fail. */
    private static final int MAX_QUEUED = 10_000;

    /** Updates in one commit; a batch is never split. */
    private static final int MAX_GROUP = 4_000;

    /** Interval between two checks of a log while nothing is written. */
    private static final long CHECK_MILLIS = 1_000;

    /** Pause before a group is written again. */
    private static final long RETRY_MILLIS = 250;

    /** Interval at which the writer looks whether it must stop, while the end of a commit is unknown. */
    private static final Duration SETTLE = Duration.ofSeconds(1);

    /** The last element of the queue. */
    static final Request STOP = new Request(List.of(), null, false, null, 0);

    private final GroupLog<P> log;
    private final StatusRules rules;
    private final IdempotencyIndex<P> idempotency;
    private final UpdateCounters counters;
    private final Consumer<StatusChange> changes;
    private final ServiceThreads threads;
    private final ReplyThreads replies;
    private final Duration patience;
    private final BlockingQueue<Request> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final RequestExpiry expiry;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;
    private volatile @Nullable String problem;

    /** The thread has stopped and empties the queue a last time. */
    private volatile boolean stopped;

    /**
     * Creates a writer; {@link #start} starts it.
     *
     * @param idempotency the writer reads it, the log adds to it
     * @param changes receives every change in the order of the revisions, on the writer's thread; it must not block
     * @param patience how long a request may wait for a log that is away, from its receipt; zero for a local log, whose
     *     failures are final
     */
    public GroupWriter(
            GroupLog<P> log,
            StatusRules rules,
            IdempotencyIndex<P> idempotency,
            UpdateCounters counters,
            Consumer<StatusChange> changes,
            ServiceThreads threads,
            Duration patience) {
        this.log = log;
        this.rules = rules;
        this.idempotency = idempotency;
        this.counters = counters;
        this.changes = changes;
        this.threads = threads;
        this.replies = new ReplyThreads(threads);
        this.patience = patience;
        this.expiry = new RequestExpiry(queue, patience, replies);
    }

    /** Starts the thread. It is not restarted after a failure, because the content of the log is then unknown. */
    public void start() {
        thread = threads.start("epmpulse-journal", this::run);
        expiry.start(threads);
    }

    /** As {@link StatusStore#record}. */
    public CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency key) {
        if (updates.isEmpty()) {
            throw new IllegalArgumentException("updates must not be empty");
        }
        return add(new Request(List.copyOf(updates), null, batch, key, receivedNanos()));
    }

    /** As {@link StatusStore#answer}. */
    public CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency key) {
        return add(new Request(List.of(), answer, false, key, receivedNanos())).thenApply(entries -> entries.get(0));
    }

    private long receivedNanos() {
        return patience.isZero() ? 0 : System.nanoTime();
    }

    private CompletableFuture<List<Entry>> add(Request request) {
        String known = problem;
        if (isClosing()) {
            request.fail(WriteFailures.closed());
        } else if (known != null && !patience.isZero()) {
            request.fail(new StoreUnavailableException(known, null));
        } else if (!queue.offer(request)) {
            request.fail(
                    new StoreUnavailableException("more than " + MAX_QUEUED + " requests wait for the journal", null));
        } else if (stopped && queue.remove(request)) {
            request.fail(WriteFailures.closed());
        } else {
            expiry.added();
        }
        return request.reply();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
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
            closing.countDown();
            expiry.close();
            stopped = true;
            List<Request> late = new ArrayList<>();
            queue.drainTo(late);
            replies.failAll(late, WriteFailures.closed());
        }
    }

    /** Writes a group with one commit and then completes its replies; or fails all of its requests. */
    private void write(Request first) throws InterruptedException {
        List<Request> requests = new ArrayList<>();
        requests.add(first);
        expiry.holds(requests);
        while (!attempt(requests)) {
            if (closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                replies.failAll(requests, WriteFailures.closed());
                return;
            }
        }
        expiry.holds(List.of());
    }

    /**
     * Decides the requests, and those queued meanwhile, and commits them.
     *
     * @return false if nothing was written and the remaining requests are to be written again
     */
    private boolean attempt(List<Request> requests) throws InterruptedException {
        Group<P> group = null;
        try (GroupLog.Transaction transaction = log.begin()) {
            takeQueued(requests);
            requests.removeIf(request -> !request.claim());
            expiry.holds(requests);
            group = new Group<>(transaction.board(), transaction.received(), rules, idempotency);
            requests.forEach(group::add);
            transaction.commit(group.lines(), group.board(), group.changes());
        } catch (UnknownEndException e) {
            reportUnavailable(e);
            GroupLog.End end = settle();
            if (end == GroupLog.End.UNKNOWN) {
                replies.failAll(requests, WriteFailures.unknown());
                return true;
            }
            if (end == GroupLog.End.NOT_WRITTEN) {
                return !isRetried(requests);
            }
        } catch (IOException e) {
            reportUnavailable(e);
            if (patience.isZero()) {
                fail(requests, group, WriteFailures.unavailable(e));
                return true;
            }
            return !isRetried(requests);
        } catch (RuntimeException | Error e) {
            // Not a StoreUnavailableException, which promises that nothing was recorded.
            fail(requests, group, new IllegalStateException("the journal writer stopped"));
            throw e;
        }
        complete(Objects.requireNonNull(group, "the group was decided"));
        return true;
    }

    /** Notifies the listeners of a committed group, and completes its replies. */
    private void complete(Group<P> group) {
        try {
            if (!group.lines().isEmpty()) {
                reportAvailable();
                group.changes().forEach(changes);
            }
            group.decided().forEach(counters::countAccepted);
        } finally {
            // Recorded updates are acknowledged even if a listener failed.
            List<Group.Recorded> recorded = group.recorded();
            replies.run(() -> recorded.forEach(done -> done.request().reply().complete(done.entries())));
            completeIndependent(group);
        }
    }

    private GroupLog.End settle() throws InterruptedException {
        GroupLog.End end = GroupLog.End.UNKNOWN;
        while (end == GroupLog.End.UNKNOWN && !isClosing()) {
            end = log.settle(SETTLE);
        }
        return end;
    }

    /** Whether requests remain: those whose callers still wait. */
    private boolean isRetried(List<Request> requests) {
        requests.forEach(Request::release);
        requests.removeIf(request -> request.reply().isDone());
        expiry.holds(requests);
        return !requests.isEmpty();
    }

    private void takeQueued(List<Request> group) {
        int updates = group.stream().mapToInt(Request::size).sum();
        Request next = queue.peek();
        while (next != null && next != STOP && updates + next.size() <= MAX_GROUP) {
            group.add(queue.remove());
            updates += next.size();
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
            replies.failAll(requests, failure);
            return;
        }
        // This includes requests that were not decided yet.
        replies.failAll(
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
            replies.run(() -> group.failed().forEach(Request::fail));
        }
        if (!group.repeated().isEmpty()) {
            // Reads the log, which may be slow.
            replies.run(() -> group.repeated().forEach(this::replyFromLog));
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
     * Tests whether a log that was full or away is writable again, so that health recovers before the next update.
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
        Thread running = thread;
        if (running != null) {
            closing.countDown();
            queue.put(STOP);
            running.join();
        }
        closing.countDown();
        expiry.close();
        replies.close();
    }
}
