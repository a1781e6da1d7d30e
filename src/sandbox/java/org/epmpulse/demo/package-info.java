/** The {@code demo} command: the service with a simulated EPM environment and Slack workspace. */
@NullMarked
package org.epmpulse.demo;

import org.jspecify.annotations.NullMarked;
