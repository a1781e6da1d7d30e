/** Requests and replies of the API: updates, jobs, history, canvases, health and the OpenAPI document. */
@NullMarked
package org.epmpulse.api;

import org.jspecify.annotations.NullMarked;
