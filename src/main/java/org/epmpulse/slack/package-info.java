/** Slack canvases: what they show, when they are sent, and the {@code slack-canvas:} endpoint that sends them. */
@NullMarked
package org.epmpulse.slack;

import org.jspecify.annotations.NullMarked;
