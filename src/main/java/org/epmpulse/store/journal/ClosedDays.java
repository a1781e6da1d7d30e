package org.epmpulse.store.journal;

import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.WakeableThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compresses and deletes the files of closed days, on a thread of its own, because a large day takes many seconds in which
 * the snapshot must go on. Runs only when the snapshot includes the whole closed day, so that no start must read a part of
 * it.
 */
final class ClosedDays implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClosedDays.class);

    /** A start is busy enough: in the first seconds Java compiles what the first requests need. */
    static final Duration START_DELAY = Duration.ofSeconds(3);

    private final DataFolder folder;
    private final DayFileRetention dayFileRetention;
    private final Checkpoints checkpoints;
    private final JournalLog log;
    private final JournalOrder order;
    private final Duration startDelay;
    private final WakeableThread thread = new WakeableThread();

    /** End of the journal that the snapshot includes; null before the first snapshot. */
    private volatile @Nullable JournalPosition written;

    private volatile @Nullable Maintained maintained;

    /**
     * Which days were maintained.
     *
     * @param day in which the snapshot ended; days before it are closed
     * @param openings of files until then: a closed day may have been opened again, and closed
     */
    private record Maintained(LocalDate day, int openings) {}

    /** @param startDelay from {@link #start} to the first day that is compressed */
    ClosedDays(
            DataFolder folder,
            DayFileRetention dayFileRetention,
            Checkpoints checkpoints,
            JournalLog log,
            JournalOrder order,
            Duration startDelay) {
        this.folder = folder;
        this.dayFileRetention = dayFileRetention;
        this.checkpoints = checkpoints;
        this.log = log;
        this.order = order;
        this.startDelay = startDelay;
    }

    void start(ServiceThreads threads) {
        thread.start(threads, "epmpulse-closed-days", startDelay, this::maintainAtOnce, () -> {});
    }

    /**
     * Maintains the days before the one in which the snapshot ends, if that was not done since one of them was open. Returns
     * at once.
     *
     * @param end of the journal that the snapshot includes
     */
    void snapshotWritten(JournalPosition end) {
        written = end;
        if (!new Maintained(end.day(), log.openings()).equals(maintained)) {
            thread.wake();
        }
    }

    private long maintainAtOnce() {
        maintain();
        return 0;
    }

    private void maintain() {
        JournalPosition position = written;
        if (position == null) {
            return;
        }
        Maintained now = new Maintained(position.day(), log.openings());
        if (now.equals(maintained)) {
            return;
        }
        try {
            folder.requireLocked();
            dayFileRetention.compress(day -> day.equals(position.day()) || day.equals(log.day()));
            synchronized (order) {
                checkpoints.retainDays(dayFileRetention.prune(daysByAge(position)));
            }
            maintained = now;
        } catch (IOException e) {
            LOG.error(
                    "Journal: compressing or deleting closed days failed: {}; retrying after the next update",
                    DataFolder.describe(e));
        }
    }

    /** The days that have a file, in the order of their last line. */
    private List<LocalDate> daysByAge(JournalPosition end) throws IOException {
        // A later line of the reopened file of an earlier day counts for the age of that day.
        Set<LocalDate> days = new LinkedHashSet<>();
        for (JournalOrder.Range range : order.ranges(DayFile.list(folder.history()), end)) {
            days.remove(range.day());
            days.add(range.day());
        }
        // It may have been opened again since.
        days.remove(log.day());
        days.add(log.day());
        return List.copyOf(days);
    }

    /** Returns when a day that is being compressed is complete. */
    @Override
    public void close() throws InterruptedException {
        thread.close();
    }
}
