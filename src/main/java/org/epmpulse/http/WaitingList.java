package org.epmpulse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values in the order in which they began to wait. Adding and removing take constant time. Used by one thread; times are
 * monotonic, in nanoseconds.
 *
 * @param <T> what waits
 */
final class WaitingList<T> {

    /** A value that is in one list, or in none. */
    static final class Entry<T> {

        private final @Nullable T value;
        private @Nullable WaitingList<T> list;
        private Entry<T> previous = this;
        private Entry<T> next = this;
        private long since;

        Entry(T value) {
            this.value = value;
        }

        /** The end of a list. */
        private Entry() {
            this.value = null;
        }

        private T value() {
            return Objects.requireNonNull(value, "only the end has none");
        }

        /** Does nothing if the value is in no list. */
        void remove() {
            previous.next = next;
            next.previous = previous;
            previous = this;
            next = this;
            list = null;
        }
    }

    /** The first entry follows it, the last one precedes it. */
    private final Entry<T> end = new Entry<>();

    /** Adds a value as the last one, and removes it from the list in which it was. */
    void add(Entry<T> entry, long now) {
        entry.remove();
        entry.list = this;
        entry.since = now;
        entry.previous = end.previous;
        entry.next = end;
        end.previous.next = entry;
        end.previous = entry;
    }

    boolean contains(Entry<T> entry) {
        return entry.list == this;
    }

    boolean isEmpty() {
        return end.next == end;
    }

    /** How long the first value has waited; the list must not be empty. */
    long waited(long now) {
        return now - end.next.since;
    }

    /** Removes the first value if it has waited for at least this time; null if there is none. */
    @Nullable
    T poll(long atLeast, long now) {
        if (isEmpty() || waited(now) < atLeast) {
            return null;
        }
        Entry<T> first = end.next;
        first.remove();
        return first.value();
    }

    /** Runs an action with each value that is in the list now, except those that it removes before their turn. */
    void forEach(Consumer<T> action) {
        List<Entry<T>> entries = new ArrayList<>();
        for (Entry<T> entry = end.next; entry != end; entry = entry.next) {
            entries.add(entry);
        }
        for (Entry<T> entry : entries) {
            if (contains(entry)) {
                action.accept(entry.value());
            }
        }
    }
}
