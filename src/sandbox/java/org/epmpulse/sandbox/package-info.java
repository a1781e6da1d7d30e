/**
 * A simulated Slack workspace and a simulated EPM environment, as strict as the vendors' documentation.
 *
 * <p>The {@code demo} command and the tests call them over HTTP in place of the vendors. They listen on the loopback
 * interface only and hold everything in memory.
 */
@NullMarked
package org.epmpulse.sandbox;

import org.jspecify.annotations.NullMarked;
