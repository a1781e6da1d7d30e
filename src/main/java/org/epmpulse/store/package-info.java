/** The journal, its snapshot and recovery, and the {@code status-changes:} component. */
@NullMarked
package org.epmpulse.store;

import org.jspecify.annotations.NullMarked;
