package org.epmpulse.store.journal;

import java.time.LocalDate;

/**
 * A position in the journal.
 *
 * @param day of the file (UTC)
 * @param offset in bytes from the start of the file before compression
 */
public record JournalPosition(LocalDate day, long offset) implements Comparable<JournalPosition> {

    @Override
    public int compareTo(JournalPosition other) {
        int byDay = day.compareTo(other.day);
        return byDay != 0 ? byDay : Long.compare(offset, other.offset);
    }
}
