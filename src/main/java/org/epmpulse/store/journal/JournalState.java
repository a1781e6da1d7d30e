package org.epmpulse.store.journal;

import org.epmpulse.status.Board;

/** What was acknowledged, and how far the journal goes with it. */
record JournalState(Board board, JournalPosition position) {}
