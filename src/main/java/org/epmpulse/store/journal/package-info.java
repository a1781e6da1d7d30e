/** The store on files: a journal with a file a day, a snapshot of the board, checkpoints for looking back. */
@NullMarked
package org.epmpulse.store.journal;

import org.jspecify.annotations.NullMarked;
