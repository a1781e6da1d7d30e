package org.epmpulse.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.Problem;
import org.epmpulse.epm.watch.WatchSurvey;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "jobs",
        description = "Lists the jobs of an EPM server that no rule of apps.json matches, as rules to be pasted into"
                + " \"jobs\" of an app. Exports the job console of EPM once, which leaves a row in it.",
        mixinStandardHelpOptions = true)
final class JobsCommand implements Callable<Integer> {

    private static final List<Integer> DAYS = List.of(1, 2, 7, 30, 60);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Option(names = "--server", required = true, paramLabel = "ID", description = "Id of a server in apps.json.")
    private String server = "";

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "7",
            description = "How far back: 1, 2, 7, 30 or 60 days. The default is 7.")
    private int days;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        if (!DAYS.contains(days)) {
            throw new ParameterException(command.commandLine(), "--days must be 1, 2, 7, 30 or 60, is " + days);
        }
        Configuration configuration = listen.load();
        Logging.silence();
        PrintWriter err = command.commandLine().getErr();
        if (configuration.hasErrors()) {
            configuration.problems().stream().filter(Problem::isError).forEach(err::println);
            return 1;
        }
        AppsConfig apps = configuration.apps();
        AppsConfig.Server watched = apps.servers().get(server);
        String problem = problem(watched, apps);
        if (problem != null || watched == null) {
            err.println("server \"" + server + "\" " + problem);
            return 1;
        }
        try (WatchSurvey survey = new WatchSurvey(configuration.proxies(), TimeSource.system(), LONGEST)) {
            PrintWriter out = command.commandLine().getOut();
            survey.proposals(apps, watched, days).forEach(proposal -> print(proposal, out, err));
            return 0;
        } catch (IOException e) {
            err.println("server \"" + server + "\": " + e.getMessage());
            return 1;
        }
    }

    /** Null if it can be asked. */
    private static @Nullable String problem(AppsConfig.@Nullable Server server, AppsConfig apps) {
        if (server == null) {
            return "is not in apps.json; it has "
                    + String.join(", ", apps.servers().keySet());
        }
        if (!server.product().hasApplications()) {
            return "cannot be asked: Oracle documents no list of the jobs of the product "
                    + server.product().id();
        }
        if (!server.configured()) {
            return "has no base_url or no auth";
        }
        boolean used = apps.apps().values().stream().anyMatch(app -> server.id().equals(app.server()));
        return used ? null : "is not the server of any app";
    }

    /** Only the rules go to the standard output. */
    private void print(WatchSurvey.Proposal proposal, PrintWriter out, PrintWriter err) {
        err.println(proposal.application() + ": " + (proposal.matching() + proposal.unmatched()) + " jobs in " + days
                + (days == 1 ? " day, " : " days, ") + proposal.matching() + " match a rule"
                + (proposal.jobs().isEmpty()
                        ? "; no job needs a further rule"
                        : ", the most frequent of the others first; set each domain:"));
        err.flush();
        if (proposal.jobs().isEmpty()) {
            return;
        }
        out.println(proposal.jobs().stream()
                .map(job -> "{\"name\": " + quoted(job.name())
                        + (job.type().isEmpty() ? "" : ", \"type\": " + quoted(job.type()))
                        + ", \"domain\": \"\"}")
                .collect(Collectors.joining("," + System.lineSeparator())));
    }

    private static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
