/** Files of routes: reading, checking and adding them, and reading those of a site again. */
@NullMarked
package org.epmpulse.routes;

import org.jspecify.annotations.NullMarked;
