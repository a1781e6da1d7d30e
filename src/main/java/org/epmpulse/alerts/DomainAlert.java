package org.epmpulse.alerts;

import org.epmpulse.status.DomainId;

/** An event and its domain; also stored in the alert file. */
record DomainAlert(DomainId id, DomainEvent event) {}
