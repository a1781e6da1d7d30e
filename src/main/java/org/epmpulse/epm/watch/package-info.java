/** Finds the jobs of an EPM environment that nobody posts. */
@NullMarked
package org.epmpulse.epm.watch;

import org.jspecify.annotations.NullMarked;
