/** Canvases that show the board: their content, when they are published, and how a channel gets one. */
@NullMarked
package org.epmpulse.slack.canvas;

import org.jspecify.annotations.NullMarked;
