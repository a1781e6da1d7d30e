package org.epmpulse.epm.watch;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs whose state cannot be read while that of others can; each is logged once. Not thread-safe. */
final class SkippedJobs {

    private static final Logger LOG = LoggerFactory.getLogger(SkippedJobs.class);

    /** More in a row are an outage. */
    private static final int MAX_IN_ROW = 4;

    private static final int MAX_LOGGED = 1000;

    private final Set<String> logged = new HashSet<>();
    private int inRow;

    void beginRound() {
        inRow = 0;
    }

    boolean mayAdd() {
        return inRow < MAX_IN_ROW;
    }

    void add(WatchTarget target, String id, String why) {
        inRow++;
        if (logged.size() < MAX_LOGGED && logged.add(id)) {
            LOG.warn("Watch of {}: EPM job {}: {}; it is requested again in the next round", target.name(), id, why);
        }
    }

    /** The state of a job was read. */
    void remove(String id) {
        inRow = 0;
        logged.remove(id);
    }
}
