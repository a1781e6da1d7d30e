/** The commands of the program. The root package passes in the service that they start. */
@NullMarked
package org.epmpulse.cli;

import org.jspecify.annotations.NullMarked;
