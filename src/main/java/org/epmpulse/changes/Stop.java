package org.epmpulse.changes;

/** The phases of a listener's stop, in their order. */
enum Stop {
    NONE,
    /** Messages no longer wait for the interval. */
    NO_INTERVAL,
    /** The queue is drained, then the thread ends. */
    DRAIN,
    /** The thread ends at once. */
    NOW
}
