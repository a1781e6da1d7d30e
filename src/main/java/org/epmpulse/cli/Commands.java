package org.epmpulse.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.epmpulse.routes.RouteCheck;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. It loads no class with a logger before the settings have configured the log. */
@Command(
        name = "java -jar epmpulse.jar",
        description = "Shows the status of Oracle EPM Cloud loads in Slack canvases and on a web board.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Commands implements Callable<Integer> {

    private final Starter starter;

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private Commands(Starter starter) {
        this.starter = starter;
    }

    /** The command line with all commands. Its {@code execute} returns an exit code or {@link ExitCodes#RUNNING}. */
    public static CommandLine commandLine(Starter starter, RouteCheck routes, RouteTrial trial) {
        CommandLine commandLine = new CommandLine(new Commands(starter))
                .addSubcommand(new RunCommand(starter))
                .addSubcommand(new DemoCommand(starter))
                .addSubcommand(new CheckCommand(routes))
                .addSubcommand(new TryCommand(trial))
                .addSubcommand(new ExecCommand())
                .addSubcommand(new JobsCommand())
                .addSubcommand(new KeyCommand())
                .addSubcommand(new MigrateCommand())
                .addSubcommand(new DatabaseCommand())
                .addSubcommand(new HelpCommand())
                // An argument of a command of exec may begin with @.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler((e, arguments) ->
                        ExecCommand.isMeant(e) ? ExecCommand.runWithoutStatus(e, arguments) : reject(e));
        if (StandardStreams.areAscii()) {
            commandLine.setOut(StandardStreams.out()).setErr(StandardStreams.err());
        }
        return commandLine;
    }

    /** Prints an error of the command line and how to get help; returns the exit code. */
    static int reject(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(
                e instanceof UnmatchedArgumentException unmatched
                        ? "Unknown command or option: " + String.join(" ", unmatched.getUnmatched())
                        : e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        String help = command.getParent() == null ? "help" : "help " + command.getCommandName();
        err.println("Run \"java -jar epmpulse.jar " + help + "\" to see what is allowed.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public Integer call() {
        return RunCommand.run(starter, listen, spec);
    }
}
