package org.epmpulse.alerts;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link AlertLog} with what happens when it cannot be read or written. Writes are for one caller at a time; the rest
 * is thread-safe.
 */
final class SavedAlerts {

    private static final Logger LOG = LoggerFactory.getLogger(SavedAlerts.class);

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final AlertLog log;
    private final InstantSource clock;

    private volatile Instant writableAt = Instant.MIN;
    private volatile @Nullable String problem;

    SavedAlerts(AlertLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * What was written last; null if nothing was. What is damaged is set aside, and then nothing counts as sent.
     *
     * @param channels that get alerts now
     */
    @Nullable
    AlertState read(Collection<AlertChannel> channels) {
        try {
            return log.read();
        } catch (IOException e) {
            setAside(e);
            Map<String, List<AlertState.Domain>> nothingSent = new HashMap<>();
            channels.forEach(channel -> nothingSent.put(channel.id(), List.of()));
            return new AlertState(nothingSent);
        }
    }

    private void setAside(IOException failure) {
        try {
            log.setAside("the file of alerts is damaged (" + failure.getMessage()
                    + "); problems that go on are announced again");
        } catch (IOException e) {
            LOG.error("The file of alerts can be neither read nor moved, it is made anew", e);
        }
    }

    /** Returns whether it is on disk now. */
    boolean write(AlertState state) {
        String failure = null;
        try {
            log.write(state);
        } catch (IOException e) {
            failure = "the file of alerts cannot be written: " + e.getMessage();
            writableAt = clock.instant().plus(RETRY_DELAY);
        }
        if (failure != null && problem == null) {
            LOG.error("After a restart alerts may come twice: {}", failure);
        } else if (failure == null && problem != null) {
            LOG.info("The file of alerts can be written again");
        }
        problem = failure;
        return failure == null;
    }

    /** When it is worth the attempt to write: at once, unless the last one failed. */
    Instant writableAt() {
        return writableAt;
    }

    /** Why the last state could not be written; null if it was. */
    @Nullable
    String problem() {
        return problem;
    }
}
