/** The board for people and programs: the page at {@code /}, the rendered board, its events and its metrics. */
@NullMarked
package org.epmpulse.board;

import org.jspecify.annotations.NullMarked;
