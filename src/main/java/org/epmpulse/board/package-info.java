/** The board for people and programs: the page at {@code /}, its JSON, its event stream and its metrics. */
@NullMarked
package org.epmpulse.board;

import org.jspecify.annotations.NullMarked;
