package org.epmpulse.cluster;

/** Whether this node is the active one. Thread-safe. */
public interface Activity {

    /** A single node, which is always active. */
    Activity ALWAYS = new Activity() {
        @Override
        public boolean active() {
            return true;
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public void onChange(Runnable listener) {
            // Nothing changes.
        }
    };

    /** Whether this node may call Slack and EPM now. */
    boolean active();

    /** Number of the period of activity, 1 or more; grows with every change of the active node. 0 while not active. */
    long epoch();

    /** Adds a listener that is called after this node has become active or passive; it must not block. */
    void onChange(Runnable listener);
}
