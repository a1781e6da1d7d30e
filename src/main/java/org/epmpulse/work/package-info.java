/**
 * Due work as a Camel consumer: a {@link org.epmpulse.work.WorkSource} says what may start now, a {@link
 * org.epmpulse.work.WorkConsumer} sends each item through a route and reports how it ended.
 */
@NullMarked
package org.epmpulse.work;

import org.jspecify.annotations.NullMarked;
