/** Alerts: which problems and recoveries are sent to a channel, once each. The service that delivers them is a sink. */
@NullMarked
package org.epmpulse.alerts;

import org.jspecify.annotations.NullMarked;
