/**
 * A simulated Slack workspace and a simulated EPM pod, as strict as the vendors' documentation.
 *
 * <p>The {@code demo} command runs on them, and the tests speak to them over HTTP where production speaks to the
 * vendors. They listen on the loopback interface only and hold everything in memory.
 */
@NullMarked
package org.epmpulse.sandbox;

import org.jspecify.annotations.NullMarked;
