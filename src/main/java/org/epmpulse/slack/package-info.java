/** Slack's Web API: client, errors and the endpoints {@code slack-canvas:} and {@code slack-message:}. */
@NullMarked
package org.epmpulse.slack;

import org.jspecify.annotations.NullMarked;
