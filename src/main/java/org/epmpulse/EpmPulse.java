package org.epmpulse;

import org.epmpulse.cli.Commands;
import org.epmpulse.cli.ExitCodes;
import org.epmpulse.cli.ExtraJars;
import org.epmpulse.cli.Startup;
import org.epmpulse.routes.RouteCheck;

/** The main class. It loads no class with a logger before the settings have configured the log. */
public final class EpmPulse {

    private EpmPulse() {}

    public static void main(String[] arguments) {
        ExtraJars extra = ExtraJars.ofThisProgram();
        if (!extra.areLoaded()) {
            extra.runMain(EpmPulse.class.getName(), arguments);
            return;
        }
        int exitCode = arguments.length == 0
                ? Startup.service(Service::start)
                : Commands.commandLine(Service::start, new RouteCheck(Beans::bindUnstarted), Trial::run)
                        .execute(arguments);
        // A started service runs until a signal terminates the process.
        if (exitCode != ExitCodes.RUNNING) {
            System.exit(exitCode);
        }
    }
}
