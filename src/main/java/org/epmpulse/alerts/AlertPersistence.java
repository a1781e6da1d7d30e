package org.epmpulse.alerts;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.cluster.NotActiveException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes the {@link AlertStore} and handles its failures. Writes are for one caller at a time; the rest is
 * thread-safe.
 */
final class AlertPersistence {

    private static final Logger LOG = LoggerFactory.getLogger(AlertPersistence.class);

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final AlertStore store;
    private final InstantSource steady;

    private volatile Instant nextWriteAt = Instant.MIN;
    private volatile @Nullable String problem;

    /** The state could not be saved, so the message was not sent. */
    static final class NotSavedException extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    AlertPersistence(AlertStore store, InstantSource steady) {
        this.store = store;
        this.steady = steady;
    }

    /**
     * The state that was written last; null if there is none. A damaged file goes to quarantine; then nothing counts as
     * sent.
     *
     * @param channels that receive alerts now
     */
    @Nullable
    AlertState read(Collection<AlertChannel> channels) {
        try {
            return store.read();
        } catch (IOException e) {
            quarantine(e);
            Map<String, List<AlertState.Domain>> nothingSent = new HashMap<>();
            channels.forEach(channel -> nothingSent.put(channel.id(), List.of()));
            return new AlertState(nothingSent);
        }
    }

    private void quarantine(IOException failure) {
        try {
            store.quarantine("the alert file is damaged (" + failure.getMessage() + "); open problems are sent again");
        } catch (IOException e) {
            LOG.error("Alerts: alert file cannot be read or moved to quarantine; overwriting it", e);
        }
    }

    /** Returns whether the state is on disk now. */
    boolean write(AlertState state) {
        String failure = null;
        try {
            store.write(state);
        } catch (NotActiveException e) {
            // The node that is active now writes its own state.
            return false;
        } catch (IOException e) {
            failure = "cannot write the alert file, see the log";
            nextWriteAt = steady.instant().plus(RETRY_DELAY);
            if (problem == null) {
                LOG.error(
                        "Alerts: cannot write the alert file: {}; alerts may be sent twice after a restart",
                        e.getMessage());
            }
        }
        if (failure == null && problem != null) {
            LOG.info("Alerts: the alert file can be written again");
        }
        problem = failure;
        return failure == null;
    }

    /** When to write next: at once, or after a delay if the last write failed. */
    Instant nextWriteAt() {
        return nextWriteAt;
    }

    /** Why the last state could not be written; null if it was. */
    @Nullable
    String problem() {
        return problem;
    }
}
