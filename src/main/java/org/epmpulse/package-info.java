/** The main class, the running service and the wiring of its parts. */
@NullMarked
package org.epmpulse;

import org.jspecify.annotations.NullMarked;
