package org.epmpulse.slack;

import org.epmpulse.status.DomainId;

/** An event with the domain it is of. */
record Alert(DomainId id, DomainEvent event) {}
