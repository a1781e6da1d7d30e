/** Alerts: which problems and recoveries are sent to a channel, once each, whatever service delivers them. */
@NullMarked
package org.epmpulse.alerts;

import org.jspecify.annotations.NullMarked;
