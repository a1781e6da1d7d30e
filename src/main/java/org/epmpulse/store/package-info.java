/** What a store of updates is, whatever it writes to, and the {@code status-changes:} component. */
@NullMarked
package org.epmpulse.store;

import org.jspecify.annotations.NullMarked;
