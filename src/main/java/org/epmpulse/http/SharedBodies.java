package org.epmpulse.http;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many different shared bodies, such as the rendered boards of several revisions, are kept in memory by clients
 * that read them. Each body counts once for each holder and once in total, whatever the number of its readers. A body
 * that no other stands beside always fits. Thread-safe.
 */
final class SharedBodies {

    private final long limit;
    private final long perHolder;
    private final Map<Object, Body> bodies = new IdentityHashMap<>();
    private final Map<Holder, Long> used = new HashMap<>();
    private long total;

    private static final class Body {
        private final long bytes;
        private final Map<Holder, Integer> readers = new HashMap<>();

        Body(long bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * @param limit of all bodies together, in bytes; two bodies always fit
     * @param perHolder limit of the bodies of one holder, in bytes
     */
    SharedBodies(long limit, long perHolder) {
        this.limit = limit;
        this.perHolder = perHolder;
    }

    /**
     * Adds a reader of a body.
     *
     * @param identity compared with {@code ==}; always with the same number of bytes
     * @return removes the reader, and has no effect when it is run again; null if the body exceeds a limit
     */
    synchronized @Nullable Runnable add(Holder holder, Object identity, long bytes) {
        Body known = bodies.get(identity);
        long others = total - (known == null ? 0 : bytes);
        boolean own = known != null && known.readers.containsKey(holder);
        long ownOthers = used.getOrDefault(holder, 0L) - (own ? bytes : 0);
        if (others + bytes > Math.max(limit, 2 * bytes) || (ownOthers > 0 && ownOthers + bytes > perHolder)) {
            return null;
        }
        Body body = known == null ? new Body(bytes) : known;
        if (known == null) {
            bodies.put(identity, body);
            total += bytes;
        }
        if (body.readers.merge(holder, 1, Integer::sum) == 1) {
            used.merge(holder, bytes, Long::sum);
        }
        return new Runnable() {
            private boolean removed;

            @Override
            public void run() {
                synchronized (SharedBodies.this) {
                    if (!removed) {
                        removed = true;
                        remove(holder, identity, body);
                    }
                }
            }
        };
    }

    private void remove(Holder holder, Object identity, Body body) {
        if (body.readers.merge(holder, -1, Integer::sum) == 0) {
            body.readers.remove(holder);
            long left = used.getOrDefault(holder, 0L) - body.bytes;
            if (left == 0) {
                used.remove(holder);
            } else {
                used.put(holder, left);
            }
        }
        if (body.readers.isEmpty()) {
            bodies.remove(identity);
            total -= body.bytes;
        }
    }

    /** The bytes of all bodies that are being read now. */
    synchronized long total() {
        return total;
    }
}
