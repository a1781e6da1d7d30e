/** Decides which of several nodes is the active one: it alone calls Slack and EPM. */
@NullMarked
package org.epmpulse.cluster;

import org.jspecify.annotations.NullMarked;
