/** HTTP: the server, keys and limits before any route, and what requests and replies look like. */
@NullMarked
package org.epmpulse.api;

import org.jspecify.annotations.NullMarked;
