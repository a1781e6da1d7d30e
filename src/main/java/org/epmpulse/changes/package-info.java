/** The {@code status-changes:} component: each change of the board as a message. */
@NullMarked
package org.epmpulse.changes;

import org.jspecify.annotations.NullMarked;
