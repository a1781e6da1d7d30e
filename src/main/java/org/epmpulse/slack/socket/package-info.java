/** Commands and buttons in Slack, over Socket Mode. */
@NullMarked
package org.epmpulse.slack.socket;

import org.jspecify.annotations.NullMarked;
