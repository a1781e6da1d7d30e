/** The {@code status-changes:} component: sends each change of the board as a message. */
@NullMarked
package org.epmpulse.changes;

import org.jspecify.annotations.NullMarked;
