package org.epmpulse.alerts;

import org.epmpulse.status.DomainId;

/** An event and its domain. */
public record Alert(DomainId id, DomainEvent event) {}
