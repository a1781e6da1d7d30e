package org.epmpulse.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node that a test makes active or passive. */
public final class TestingActivity implements Activity {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile long epoch;

    /** A node in this period of activity; 0 for a passive node. */
    public TestingActivity(long epoch) {
        this.epoch = epoch;
    }

    /** Begins a period of activity; 0 ends the current one. */
    public void set(long newEpoch) {
        epoch = newEpoch;
        listeners.forEach(Runnable::run);
    }

    @Override
    public boolean active() {
        return epoch > 0;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void remove(Runnable listener) {
        listeners.remove(listener);
    }
}
