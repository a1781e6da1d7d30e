/** The journal, its snapshot and recovery. */
@NullMarked
package org.epmpulse.store;

import org.jspecify.annotations.NullMarked;
