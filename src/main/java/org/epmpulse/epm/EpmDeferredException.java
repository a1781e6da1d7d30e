package org.epmpulse.epm;

/** A request was not sent yet: another one must first show whether EPM accepts the password. It is due again soon. */
public final class EpmDeferredException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmDeferredException() {
        super("another request must first show whether EPM accepts the password", null, false, false);
    }
}
