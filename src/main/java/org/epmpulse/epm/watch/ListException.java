package org.epmpulse.epm.watch;

/**
 * The list of jobs of an environment cannot be read. The message is one line for an operator and says what to do. It
 * never means that there are no jobs.
 */
final class ListException extends Exception {

    private static final long serialVersionUID = 1;

    ListException(String message) {
        super(message, null, false, false);
    }
}
