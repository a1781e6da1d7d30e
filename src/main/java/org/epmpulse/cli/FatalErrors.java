package org.epmpulse.cli;

/**
 * Ends the process when it has too little memory or too few threads. Nothing is stopped before, because that may need
 * another thread; every acknowledged update is on disk.
 */
public final class FatalErrors {

    private FatalErrors() {}

    /** From now on, a thread that ends with an {@link OutOfMemoryError} ends the process with this code. */
    static void exitOnOutOfMemory(int exitCode) {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (isOutOfMemory(failure)) {
                exit(failure, exitCode);
            } else {
                System.err.println("Exception in thread \"" + thread.getName() + "\" " + failure);
                failure.printStackTrace();
            }
        });
    }

    /** Whether the failure or one of its causes is an {@link OutOfMemoryError}; also too few threads are one. */
    public static boolean isOutOfMemory(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof OutOfMemoryError)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    /** Prints the failure as one line and ends the process at once. */
    static int exit(Throwable failure, int exitCode) {
        try {
            System.err.println("epmpulse: too little memory or too few threads: " + failure
                    + "; raise the limit (Java: -Xmx, systemd: TasksMax=, MemoryMax=, ulimit -u) and start again");
            System.err.flush();
        } finally {
            Runtime.getRuntime().halt(exitCode);
        }
        return exitCode;
    }
}
