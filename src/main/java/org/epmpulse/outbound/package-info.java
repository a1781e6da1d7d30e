/** HTTP calls to other systems: limits for head, body and time of a response, and the proxy. */
@NullMarked
package org.epmpulse.outbound;

import org.jspecify.annotations.NullMarked;
