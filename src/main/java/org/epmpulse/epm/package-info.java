/** Polls EPM environments for the state of jobs: schedule, credentials, and mapping of responses to statuses. */
@NullMarked
package org.epmpulse.epm;

import org.jspecify.annotations.NullMarked;
