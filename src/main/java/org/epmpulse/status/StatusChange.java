package org.epmpulse.status;

import org.jspecify.annotations.Nullable;

/**
 * A change of the board: the body of a message from {@code status-changes:}.
 *
 * @param revision of the board after the change
 * @param before {@link DomainStatus#NEVER_REPORTED} for the first update of the domain; the same as {@code after} for an
 *     answer
 * @param answer null if the status was updated
 */
public record StatusChange(
        long revision,
        DomainId id,
        DomainStatus before,
        DomainStatus after,
        @Nullable Answer answer) {

    /** An update. */
    public StatusChange(long revision, DomainId id, DomainStatus before, DomainStatus after) {
        this(revision, id, before, after, null);
    }

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
