/** The board for people: the page at {@code /}. */
@NullMarked
package org.epmpulse.board;

import org.jspecify.annotations.NullMarked;
