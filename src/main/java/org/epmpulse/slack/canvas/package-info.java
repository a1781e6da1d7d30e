/** Canvases that show the board: what they show, when they are sent, and how a channel gets one. */
@NullMarked
package org.epmpulse.slack.canvas;

import org.jspecify.annotations.NullMarked;
