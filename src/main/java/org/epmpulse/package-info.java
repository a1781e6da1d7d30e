/** The program: its commands, and how its parts are put together. */
@NullMarked
package org.epmpulse;

import org.jspecify.annotations.NullMarked;
