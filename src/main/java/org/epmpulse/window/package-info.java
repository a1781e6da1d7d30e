/** The close window: what is done, late or at risk, and when the rest is expected to end. No input or output. */
@NullMarked
package org.epmpulse.window;

import org.jspecify.annotations.NullMarked;
