package org.epmpulse.sandbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Keeps the latest entries up to a limit. Thread-safe. */
final class RecentEntries<T> {

    private final int limit;
    private final Deque<T> entries = new ArrayDeque<>();

    RecentEntries(int limit) {
        this.limit = limit;
    }

    synchronized void add(T entry) {
        entries.addLast(entry);
        if (entries.size() > limit) {
            entries.removeFirst();
        }
    }

    /** Puts an entry in the place of another one, if that is still kept. */
    synchronized void replace(T entry, T by) {
        List<T> all = new ArrayList<>(entries);
        all.replaceAll(kept -> kept.equals(entry) ? by : kept);
        entries.clear();
        entries.addAll(all);
    }

    /** A copy of the entries, the oldest first. */
    synchronized List<T> all() {
        return List.copyOf(entries);
    }
}
