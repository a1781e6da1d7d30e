/** What a status is: updates, order, duplicates, runs and jobs. Knows neither Camel nor files nor HTTP. */
@NullMarked
package org.epmpulse.status;

import org.jspecify.annotations.NullMarked;
