/** Statuses: updates, their order, duplicates, runs and jobs. Independent of Camel, files and HTTP. */
@NullMarked
package org.epmpulse.status;

import org.jspecify.annotations.NullMarked;
