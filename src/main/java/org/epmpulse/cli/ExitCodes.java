package org.epmpulse.cli;

/** The exit codes of the process. For an invalid command line, picocli uses 2. */
public final class ExitCodes {

    /** Not an exit code: the process keeps running. */
    public static final int RUNNING = -1;

    /** The start failed for a reason that may be temporary, such as a port in use. */
    static final int FAILURE = 1;

    /** A running service has too little memory; as Java's {@code ExitOnOutOfMemoryError}. */
    static final int OUT_OF_MEMORY = 3;

    /** The configuration is invalid, so a restart would fail again (EX_CONFIG of sysexits.h). */
    static final int CONFIGURATION = 78;

    private ExitCodes() {}
}
