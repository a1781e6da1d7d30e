/** The HTTP server, the checks of each request before its route, and the format of replies and errors. */
@NullMarked
package org.epmpulse.http;

import org.jspecify.annotations.NullMarked;
