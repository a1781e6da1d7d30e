/** The threads that the service starts itself. Depends on no other package. */
@NullMarked
package org.epmpulse.threads;

import org.jspecify.annotations.NullMarked;
