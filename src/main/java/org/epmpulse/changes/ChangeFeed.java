package org.epmpulse.changes;

import org.epmpulse.status.StatusChange;

/** From where and when a listener receives changes. Thread-safe. */
interface ChangeFeed {

    /** The queue of a listener. Thread-safe; may be called under any lock. */
    interface Queue {

        /** Adds a change, or drops and counts it. */
        void offer(StatusChange change);

        /** How many changes can be added before one is dropped, 0 or more. */
        int room();

        /** Whether all changes that were added have been processed. */
        boolean isIdle();

        /** Removes all changes; another node processes them. */
        void clear();

        /** Counts changes that were not added. */
        void dropped(long count);

        /** {@link ChangeFeed#isOpen} may have changed. */
        void wakeUp();
    }

    /** Adds changes to the queue from now on. */
    void start(Queue queue);

    /** Adds no more changes; the queue is still processed. May be called several times. */
    void stop();

    /** The queue is not processed any more. May be called several times. */
    void close();

    /** Whether changes of the queue may be processed now. */
    boolean isOpen();

    /** Changes up to this revision were processed. */
    void processed(long revision);
}
