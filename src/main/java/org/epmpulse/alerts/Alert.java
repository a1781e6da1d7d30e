package org.epmpulse.alerts;

import org.epmpulse.status.DomainId;

/** An event with the domain it is of. */
public record Alert(DomainId id, DomainEvent event) {}
