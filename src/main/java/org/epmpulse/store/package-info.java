/** The store of updates, independent of its medium: recording, group commit, idempotency. */
@NullMarked
package org.epmpulse.store;

import org.jspecify.annotations.NullMarked;
