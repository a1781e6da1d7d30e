package org.epmpulse.cli;

/** With what the process ends. Where a command line or its values are wrong, picocli ends it with 2. */
public final class ExitCodes {

    /** Not an exit code: the process goes on. */
    public static final int RUNNING = -1;

    /** It could not start, for a reason that may be another one the next time. */
    static final int FAILURE = 1;

    /** The configuration is wrong: starting again would not help (EX_CONFIG of sysexits.h). */
    static final int CONFIGURATION = 78;

    private ExitCodes() {}
}
