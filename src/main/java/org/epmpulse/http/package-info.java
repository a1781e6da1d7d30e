/** The HTTP server, what every request passes before its route, and what replies and errors look like. */
@NullMarked
package org.epmpulse.http;

import org.jspecify.annotations.NullMarked;
