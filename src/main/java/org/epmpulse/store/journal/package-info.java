/** The store on files: a journal with one file per day, a snapshot of the board, and checkpoints for past boards. */
@NullMarked
package org.epmpulse.store.journal;

import org.jspecify.annotations.NullMarked;
