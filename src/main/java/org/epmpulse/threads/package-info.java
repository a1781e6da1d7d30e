/** The threads that the service starts itself. Knows nothing of the rest of the service. */
@NullMarked
package org.epmpulse.threads;

import org.jspecify.annotations.NullMarked;
