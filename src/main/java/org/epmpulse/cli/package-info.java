/** The commands of the program. What they start is handed in by the root. */
@NullMarked
package org.epmpulse.cli;

import org.jspecify.annotations.NullMarked;
