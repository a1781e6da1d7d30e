package org.epmpulse.store;

/** Receives what other nodes have recorded with the keys of this node's clients. Thread-safe. */
@FunctionalInterface
public interface RecordedElsewhere {

    /**
     * Another node has recorded updates. Called once for each of them as they become known, not for those that a start
     * reads. Returns at once.
     *
     * @param key name of the key that they were posted with
     * @param updates how many, 1 or more
     */
    void recorded(String key, int updates);
}
