/** Alerts by HTTP: the generic webhook, Microsoft Teams, PagerDuty. */
@NullMarked
package org.epmpulse.alerts.http;

import org.jspecify.annotations.NullMarked;
