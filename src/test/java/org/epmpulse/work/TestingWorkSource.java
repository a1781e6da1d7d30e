package org.epmpulse.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.camel.CamelContext;

/** A source whose items a test adds; it records the result of each. */
final class TestingWorkSource implements WorkSource<String> {

    final List<String> results = new CopyOnWriteArrayList<>();
    final AtomicInteger polls = new AtomicInteger();
    volatile Duration untilNextPoll;
    volatile Throwable pollFailure;
    volatile RuntimeException takeOverFailure;
    volatile Runnable onPoll = () -> {};
    volatile Function<String, Work> begin = Work::of;

    private final Deque<String> due = new ArrayDeque<>();
    private volatile Runnable listener = () -> {};

    /** Adds the component {@code jobs}, of which {@code jobs:one} is this source. */
    void addTo(CamelContext context) {
        context.getRegistry().bind("jobs:one", this);
        context.addComponent("jobs", new WorkComponent() {
            @Override
            protected WorkEndpoint createEndpoint(String uri, String name) {
                return new Jobs(uri, this, name);
            }
        });
    }

    private static final class Jobs extends WorkEndpoint {
        Jobs(String uri, WorkComponent component, String name) {
            super(uri, component, "jobs:" + name);
        }
    }

    void add(String... items) {
        synchronized (due) {
            due.addAll(List.of(items));
        }
        listener.run();
    }

    /** Adds an item without calling the listener. */
    void addSilently(String item) {
        synchronized (due) {
            due.add(item);
        }
    }

    @Override
    public void takeOver() {
        RuntimeException failure = takeOverFailure;
        takeOverFailure = null;
        if (failure != null) {
            throw failure;
        }
        results.add("taken over");
    }

    @Override
    public void endedLate(String item) {
        results.add(item + " ended late");
    }

    @Override
    public List<String> poll(int max) {
        polls.incrementAndGet();
        Throwable failure = pollFailure;
        pollFailure = null;
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        List<String> items = new ArrayList<>();
        synchronized (due) {
            while (items.size() < max && !due.isEmpty()) {
                items.add(due.remove());
            }
        }
        if (!items.isEmpty()) {
            onPoll.run();
        }
        return items;
    }

    @Override
    public Duration untilNextPoll() {
        return untilNextPoll;
    }

    @Override
    public Work begin(String item) {
        Work work = begin.apply(item);
        if (work == null) {
            results.add(item + " unchanged");
        }
        return work;
    }

    @Override
    public void succeeded(String item) {
        results.add(item + " succeeded");
    }

    @Override
    public void failed(String item, Throwable failure) {
        results.add(item + " failed: " + failure.getMessage());
    }

    @Override
    public void released(String item) {
        results.add(item + " released");
    }

    @Override
    public void onPending(Runnable newListener) {
        listener = newListener;
    }
}
