package org.epmpulse.store.journal;

import org.epmpulse.status.Board;

/** The board of all acknowledged entries, and the end of these entries in the journal. */
record JournalState(Board board, JournalPosition position) {}
