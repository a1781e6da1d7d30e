/** Route files: reads and checks them, adds their routes, and reloads changed files of {@code routes/site/}. */
@NullMarked
package org.epmpulse.routes;

import org.jspecify.annotations.NullMarked;
