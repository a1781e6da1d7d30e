package org.epmpulse.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.client.ClientSettings;
import org.epmpulse.client.ReportedCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "exec",
        description =
                "Runs a command, posts Loading to EPMPULSE_URL, then OK or Warning, and exits with the command's exit"
                        + " code. What cannot be sent is kept in the folder EPMPULSE_SPOOL, if set, and sent by the next call.",
        mixinStandardHelpOptions = true)
final class ExecCommand implements Callable<Integer> {

    private static final String SEPARATOR = "--";

    @Option(names = "--app", paramLabel = "APP", description = "As in apps.json.")
    private String app = "";

    @Option(names = "--domain", paramLabel = "DOMAIN", description = "May be left out where the app has one.")
    private String domain = "";

    @Option(names = "--job-id", paramLabel = "ID", description = "Any name of the run.")
    private String jobId = "";

    @Option(
            names = "--epm-job-id",
            paramLabel = "ID",
            description = "Id of the EPM job; EPMPulse then records its end.")
    private String epmJobId = "";

    @Option(names = "--url", paramLabel = "URL", description = "The https address of the job's log.")
    private String url = "";

    @Option(
            names = "--message-from-stderr",
            description = "Add the last line of standard error to a Warning; it must hold no secret.")
    private boolean messageFromStderr;

    @Option(names = "--flush", description = "Run no command, only send what EPMPULSE_SPOOL holds.")
    private boolean flush;

    @Parameters(paramLabel = "-- COMMAND", description = "The command and its arguments.")
    private List<String> command = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    static boolean isMeant(ParameterException e) {
        return e.getCommandLine().getCommandSpec().userObject() instanceof ExecCommand;
    }

    /** If an option is wrong, the command runs all the same, without a status. Returns the exit code. */
    static int runWithoutStatus(ParameterException e, String[] arguments) {
        List<String> all = Arrays.asList(arguments);
        int separator = all.indexOf(SEPARATOR);
        if (separator < 0 || separator == all.size() - 1) {
            return Commands.reject(e);
        }
        return runWithoutStatus(
                String.valueOf(e.getMessage()),
                all.subList(separator + 1, all.size()),
                e.getCommandLine().getErr());
    }

    private static int runWithoutStatus(String reason, List<String> command, PrintWriter err) {
        err.println("EPMPulse gets no status of this command: " + reason);
        try {
            return exitCode(ReportedCommand.runUnreported(command, err::println));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCodes.FAILURE;
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec current = Objects.requireNonNull(spec, "picocli sets it");
        PrintWriter err = current.commandLine().getErr();
        Logging.silence();
        ClientSettings settings = ClientSettings.of(System.getenv());
        if (flush) {
            ReportedCommand.flush(settings, err::println);
            return 0;
        }
        if (command.isEmpty()) {
            throw new ParameterException(current.commandLine(), "-- and a command are required");
        }
        if (app.isEmpty()) {
            return runWithoutStatus("--app is missing", command, err);
        }
        Map<String, String> update = new LinkedHashMap<>();
        update.put("app", app);
        update.put("domain", domain);
        update.put("job_id", jobId);
        update.put("epm_job_id", epmJobId);
        update.put("url", url);
        return exitCode(new ReportedCommand(settings, update, messageFromStderr, err::println).run(command));
    }

    /** On Windows, any number; the one of {@link ExitCodes#RUNNING} would keep the process running. */
    private static int exitCode(int code) {
        return code == ExitCodes.RUNNING ? 255 : code;
    }
}
