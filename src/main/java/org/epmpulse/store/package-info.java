/** What a store of updates is, whatever it writes to. */
@NullMarked
package org.epmpulse.store;

import org.jspecify.annotations.NullMarked;
