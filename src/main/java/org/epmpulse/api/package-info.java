/** What the API reads and answers: updates, jobs, history, canvases, health and its own description. */
@NullMarked
package org.epmpulse.api;

import org.jspecify.annotations.NullMarked;
