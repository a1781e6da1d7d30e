package org.epmpulse.status;

/** An acknowledgement was rejected, because the domain has no problem; nothing was recorded. */
public final class NoProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public NoProblemException(DomainId id, Status status) {
        super(
                id + " has no problem to acknowledge: its status is " + status.label()
                        + ". To get no alerts for a while, mute it.",
                null,
                false,
                false);
    }
}
