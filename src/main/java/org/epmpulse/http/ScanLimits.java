package org.epmpulse.http;

import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many scans run at the same time, for each key and in total; a scan is a request that reads the history or
 * renders much. Others wait without a thread, and are rejected after some time. The next one is of the key with the fewest
 * running scans. Thread-safe: slots may be closed by any thread.
 */
final class ScanLimits {

    private static final int MAX_RUNNING = 8;

    /** A scan of files needs a whole core: more of them would not end sooner, and would delay posts by seconds. */
    static final int RUNNING =
            Math.max(2, Math.min(MAX_RUNNING, Runtime.getRuntime().availableProcessors()));

    /** Leaves room for a scan of another key. */
    static final int PER_KEY = RUNNING / 2;

    static final int MAX_WAITING_PER_KEY = 64;
    static final int MAX_WAITING = 512;

    private final Duration wait;
    private final Map<Holder, Integer> running = new HashMap<>();
    private final Map<Holder, Deque<Slot>> waiting = new LinkedHashMap<>();
    private int runningCount;
    private int waitingCount;

    /** @param wait after which a waiting scan is rejected */
    ScanLimits(Duration wait) {
        this.wait = wait;
    }

    /** What a request does when it may run, and when it is rejected; each on its event loop. */
    interface Task {
        void start();

        void reject();
    }

    private enum State {
        WAITING,
        RUNNING,
        CLOSED
    }

    /** The place of a request among the scans, until it is closed. */
    final class Slot implements AutoCloseable {

        private final Holder holder;
        private final Context loop;
        private final Task task;
        private State state = State.WAITING;
        private long timer = -1;

        private Slot(Holder holder, Context loop, Task task) {
            this.holder = holder;
            this.loop = loop;
            this.task = task;
        }

        /** Ends a running scan, or removes a waiting one. Later calls have no effect. */
        @Override
        public void close() {
            Slot next = leave(this);
            while (next != null) {
                Slot started = next;
                started.loop.runOnContext(turn -> started.startIfOpen());
                next = takeNext();
            }
        }

        private void startIfOpen() {
            if (isRunning()) {
                loop.owner().cancelTimer(timer);
                task.start();
            }
        }

        private boolean isRunning() {
            synchronized (ScanLimits.this) {
                return state == State.RUNNING;
            }
        }
    }

    /**
     * Starts a scan, lets it wait, or rejects it if too many wait. Called on the event loop of the request.
     *
     * @param entered gets the place before anything else; to be closed when the scan has ended or the client has
     *     disconnected
     */
    void enter(Holder holder, Context loop, Task task, Consumer<Slot> entered) {
        Slot slot = new Slot(holder, loop, task);
        entered.accept(slot);
        switch (place(slot)) {
            case RUNNING -> task.start();
            case WAITING ->
                slot.timer = loop.owner().setTimer(Math.max(1, wait.toMillis()), late -> rejectIfWaiting(slot));
            case CLOSED -> task.reject();
        }
    }

    private synchronized State place(Slot slot) {
        Deque<Slot> own = waiting.get(slot.holder);
        if (runningCount < RUNNING && running.getOrDefault(slot.holder, 0) < PER_KEY) {
            run(slot);
        } else if (waitingCount >= MAX_WAITING || (own != null && own.size() >= MAX_WAITING_PER_KEY)) {
            slot.state = State.CLOSED;
        } else {
            waiting.computeIfAbsent(slot.holder, key -> new ArrayDeque<>()).add(slot);
            waitingCount++;
        }
        return slot.state;
    }

    private void run(Slot slot) {
        slot.state = State.RUNNING;
        running.merge(slot.holder, 1, Integer::sum);
        runningCount++;
    }

    private void rejectIfWaiting(Slot slot) {
        boolean rejected;
        synchronized (this) {
            rejected = slot.state == State.WAITING;
            if (rejected) {
                removeWaiting(slot);
                slot.state = State.CLOSED;
            }
        }
        if (rejected) {
            slot.task.reject();
        }
    }

    private void removeWaiting(Slot slot) {
        Deque<Slot> own = waiting.get(slot.holder);
        if (own != null && own.remove(slot)) {
            waitingCount--;
            if (own.isEmpty()) {
                waiting.remove(slot.holder);
            }
        }
    }

    /** Closes a slot; the next scan that may start now, or null. */
    private synchronized @Nullable Slot leave(Slot slot) {
        State before = slot.state;
        slot.state = State.CLOSED;
        if (before == State.WAITING) {
            removeWaiting(slot);
            slot.loop.owner().cancelTimer(slot.timer);
        }
        if (before != State.RUNNING) {
            return null;
        }
        runningCount--;
        if (running.merge(slot.holder, -1, Integer::sum) == 0) {
            running.remove(slot.holder);
        }
        return takeNext();
    }

    private synchronized @Nullable Slot takeNext() {
        if (runningCount >= RUNNING) {
            return null;
        }
        Slot next = waiting.entrySet().stream()
                .filter(entry -> running.getOrDefault(entry.getKey(), 0) < PER_KEY)
                .min(Comparator.comparingInt(entry -> running.getOrDefault(entry.getKey(), 0)))
                .map(entry -> entry.getValue().getFirst())
                .orElse(null);
        if (next != null) {
            removeWaiting(next);
            run(next);
        }
        return next;
    }

    /** The number of waiting scans. */
    synchronized int waiting() {
        return waitingCount;
    }

    /** The number of running scans. */
    synchronized int running() {
        return runningCount;
    }
}
