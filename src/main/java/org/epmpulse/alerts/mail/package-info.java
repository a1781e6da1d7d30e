/** Alerts by e-mail. Loaded only if a server for e-mails is configured. */
@NullMarked
package org.epmpulse.alerts.mail;

import org.jspecify.annotations.NullMarked;
