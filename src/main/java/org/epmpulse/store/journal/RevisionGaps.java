package org.epmpulse.store.journal;

import java.io.IOException;
import java.time.LocalDate;
import java.util.Arrays;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;

/**
 * Detects updates that are missing in the journal: revisions have no gaps. A gap means that lines were removed and are
 * not in quarantine. Not thread-safe.
 */
final class RevisionGaps {

    private final Quarantine quarantine;
    private boolean complete;
    private LocalDate lastDay = LocalDate.MIN;

    RevisionGaps(Quarantine quarantine) {
        this.quarantine = quarantine;
    }

    /** Before the first check if there is a snapshot that includes everything before it. */
    void beginComplete() {
        complete = true;
    }

    /** Whether everything up to the last entry was there. */
    boolean isComplete() {
        return complete;
    }

    /**
     * Checks the next entry.
     *
     * @param bytes its line is the first {@code length} bytes
     * @param offset of the line in the file
     * @param revision of the entry before it
     * @param mayBeFirst whether earlier revisions may have been in files that retention has deleted
     */
    void check(Entry entry, DayFile file, byte[] bytes, int length, long offset, long revision, boolean mayBeFirst)
            throws IOException {
        Long next = entry.revision();
        if (entry.outcome() != Outcome.RECORDED || next == null) {
            return;
        }
        complete |= next == 1;
        if (next > revision + 1 && !mayBeFirst) {
            complete = false;
            // After the clock was set back, the file may be that of an earlier day.
            LocalDate first = lastDay.isBefore(file.day()) ? lastDay : file.day();
            LocalDate last = lastDay.isBefore(file.day()) ? file.day() : lastDay;
            if (!quarantine.hasPieceOf(first, last)) {
                quarantine.store(
                        file.day() + "-" + offset + ".gap",
                        Arrays.copyOf(bytes, length),
                        "Journal " + file.path() + ": revisions " + (revision + 1) + " to " + (next - 1)
                                + " are missing before byte " + offset + "; these updates are lost");
            }
        }
        lastDay = file.day();
    }
}
