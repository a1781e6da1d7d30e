package org.epmpulse.epm.watch;

/**
 * The list of jobs of an environment cannot be read. The message is one line for an operator and says what to do. It
 * never means that there are no jobs.
 */
final class ListException extends Exception {

    private static final long serialVersionUID = 1;

    private final boolean tooLarge;

    ListException(String message) {
        this(message, false);
    }

    private ListException(String message, boolean tooLarge) {
        super(message, null, false, false);
        this.tooLarge = tooLarge;
    }

    /** @param what the list has more than it may have */
    static ListException tooLarge(String what) {
        return new ListException(what + "; set a shorter watch.max_age, or delete old jobs in EPM", true);
    }

    /** Whether a list of fewer days may be read. */
    boolean isTooLarge() {
        return tooLarge;
    }
}
