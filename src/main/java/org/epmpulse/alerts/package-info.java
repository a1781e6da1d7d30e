/** Alerts: which problems and recoveries a channel is told of, once each, whatever the service that delivers them. */
@NullMarked
package org.epmpulse.alerts;

import org.jspecify.annotations.NullMarked;
