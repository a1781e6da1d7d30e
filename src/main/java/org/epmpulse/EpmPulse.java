package org.epmpulse;

import org.epmpulse.cli.Commands;
import org.epmpulse.cli.ExitCodes;
import org.epmpulse.routes.RouteCheck;

/** The program. No class with a logger is touched before the settings say how to log. */
public final class EpmPulse {

    private EpmPulse() {}

    public static void main(String[] arguments) {
        int exitCode = Commands.commandLine(
                        configuration -> Service.start(configuration), new RouteCheck(Beans::bindUnstarted))
                .execute(arguments);
        // A service that was started ends with the process, and that is told by a signal.
        if (exitCode != ExitCodes.RUNNING) {
            System.exit(exitCode);
        }
    }
}
