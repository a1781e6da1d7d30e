package org.epmpulse.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.config.CheckReport;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.DatabaseAccess;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Problem;
import org.epmpulse.config.SharedConfiguration;
import org.epmpulse.epm.EpmCheck;
import org.epmpulse.epm.watch.WatchSurvey;
import org.epmpulse.routes.RouteCheck;
import org.epmpulse.routes.RouteFindings;
import org.epmpulse.slack.SlackCheck;
import org.epmpulse.store.postgres.DatabaseCheck;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = "Checks the configuration and the routes without starting the service. Prints the problems and"
                + " the values in effect. Exits with 1 if there are errors.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    private static final Duration LONGEST_EXPORT = Duration.ofMinutes(2);

    private final RouteCheck routes;

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Option(names = "--strict", description = "Treat warnings as errors.")
    private boolean strict;

    @Option(
            names = "--online",
            description =
                    "Also check access to the database, Slack and EPM. Only reads: changes and posts nothing, except that"
                            + " a watched EPM environment exports its job console, which leaves a row in it.")
    private boolean online;

    @Option(
            names = "--send-test",
            description = "With --online: also send a test to each recipient of alerts, Slack channels included.")
    private boolean sendTest;

    @Spec
    private @Nullable CommandSpec spec;

    CheckCommand(RouteCheck routes) {
        this.routes = routes;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = listen.load();
        Logging.silence();
        RouteFindings found = routes.check(configuration);
        ExtraJars extra = ExtraJars.ofThisProgram();
        List<Problem> problems = new ArrayList<>(found.problems());
        problems.addAll(ExtraCheck.run(extra));
        CheckReport report = CheckReport.of(configuration, problems)
                .withSections(List.of(
                        new CheckReport.Part("Routes", found.listing()),
                        new CheckReport.Part("Jars of extra/", extra.names())));
        if (online) {
            TimeSource time = TimeSource.system();
            List<OnlineFinding> findings = new ArrayList<>(SlackCheck.run(configuration, time.steadySource()));
            findings.addAll(database(configuration));
            findings.addAll(EpmCheck.run(configuration.apps(), configuration.proxies(), time));
            findings.addAll(WatchSurvey.run(configuration.apps(), configuration.proxies(), time, LONGEST_EXPORT));
            if (sendTest) {
                findings.addAll(TestAlerts.run(configuration, time));
            }
            report = report.withOnline(findings);
        }
        Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut().println(report.text());
        return report.exitCode(strict);
    }

    private static List<OnlineFinding> database(Configuration configuration) {
        DatabaseAccess access = configuration.settings().database();
        return access == null
                ? List.of()
                : DatabaseCheck.run(access, Version.get(), SharedConfiguration.of(configuration));
    }
}
