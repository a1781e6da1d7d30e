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
        public boolean single() {
            return true;
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

    /**
     * Whether this node is the only one there can be, so that it never takes over from another. Always the same.
     */
    default boolean single() {
        return false;
    }

    /** Adds a listener that is called after this node has become active or passive; it must not block. */
    void onChange(Runnable listener);

    /** Removes a listener, if it is kept; it may still be called once. */
    default void remove(Runnable listener) {}
}
