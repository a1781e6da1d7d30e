/**
 * Due work as a Camel consumer: a {@link org.epmpulse.work.WorkSource} decides which items may start, a {@link
 * org.epmpulse.work.WorkConsumer} sends each item through a route and reports the result.
 */
@NullMarked
package org.epmpulse.work;

import org.jspecify.annotations.NullMarked;
