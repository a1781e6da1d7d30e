package org.epmpulse.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Ends the process when it has too little memory or too few threads. Nothing is stopped before, because that may need
 * another thread; every acknowledged update is on disk.
 */
public final class FatalErrors {

    private static final byte[] MESSAGE =
            ("epmpulse: too little memory or too few threads (OutOfMemoryError); raise the"
                            + " limit (Java: -Xmx, systemd: TasksMax=, MemoryMax=, ulimit -u) and start again: ")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final OutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

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
            print(failure, STANDARD_ERROR);
        } catch (IOException e) {
            // The process ends with its exit code also when nobody reads its output.
        } finally {
            Runtime.getRuntime().halt(exitCode);
        }
        return exitCode;
    }

    /** Prints the failure as one line, the first part of it without any memory. */
    static void print(Throwable failure, OutputStream out) throws IOException {
        out.write(MESSAGE);
        out.write((failure + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
    }
}
