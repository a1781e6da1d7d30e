package org.epmpulse.cli;

import java.util.concurrent.Callable;
import org.epmpulse.routes.RouteCheck;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The commands of the program. No class with a logger is touched before the settings say how to log. */
@Command(
        name = "epmpulse",
        description = "Shows the status of Oracle EPM Cloud loads in Slack canvases and on a web board.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Commands implements Callable<Integer> {

    private final Starter starter;

    @Mixin
    private Address address = new Address();

    @Spec
    private @Nullable CommandSpec spec;

    private Commands(Starter starter) {
        this.starter = starter;
    }

    /** All of them; executed, it returns an exit code or {@link ExitCodes#RUNNING}. */
    public static CommandLine commandLine(Starter starter, RouteCheck routes) {
        return new CommandLine(new Commands(starter))
                .addSubcommand(new RunCommand(starter))
                .addSubcommand(new DemoCommand(starter))
                .addSubcommand(new CheckCommand(routes))
                .addSubcommand(new KeyCommand());
    }

    @Override
    public Integer call() {
        return RunCommand.run(starter, address, spec);
    }
}
