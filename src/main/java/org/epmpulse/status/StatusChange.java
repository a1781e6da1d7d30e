package org.epmpulse.status;

/**
 * The board changed: the body of a message from {@code status-changes:}.
 *
 * @param revision the one this change made
 * @param before {@link DomainStatus#NEVER_REPORTED} if it is the first that is heard of the domain
 */
public record StatusChange(long revision, DomainId id, DomainStatus before, DomainStatus after) {

    /** Id of the application. */
    public String app() {
        return id.app();
    }

    /** Id of the domain. */
    public String domain() {
        return id.domain();
    }

    /** The label of the new status. */
    public String status() {
        return after.status().label();
    }
}
