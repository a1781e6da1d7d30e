package org.epmpulse.config;

import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.epmpulse.status.DomainId;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.DomainRule;

/**
 * The output of {@code check}: the problems, the values in effect, then the online findings. Holds no secret.
 *
 * @param problems of the configuration, of the routes and of extra/
 * @param sections others than those of the configuration, behind them
 * @param online in the order of the requests; empty without {@code --online}
 */
public record CheckReport(
        Configuration configuration, List<Problem> problems, List<Part> sections, List<OnlineFinding> online) {

    /** A titled list of lines. */
    public record Part(String title, List<String> lines) {

        public Part {
            lines = List.copyOf(lines);
        }
    }

    public CheckReport {
        problems = List.copyOf(problems);
        sections = List.copyOf(sections);
        online = List.copyOf(online);
    }

    /** @param others problems found outside of the configuration, such as in routes */
    public static CheckReport of(Configuration configuration, List<Problem> others) {
        List<Problem> all = new ArrayList<>(configuration.problems());
        all.addAll(others);
        return new CheckReport(configuration, all, List.of(), List.of());
    }

    /** This report with more sections. */
    public CheckReport withSections(List<Part> more) {
        return new CheckReport(configuration, problems, more, online);
    }

    /** This report with the online findings. */
    public CheckReport withOnline(List<OnlineFinding> findings) {
        return new CheckReport(configuration, problems, sections, findings);
    }

    /** 0, or 1 if there are errors or, where {@code strict}, warnings. */
    public int exitCode(boolean strict) {
        return errors() > 0 || (strict && warnings() > 0) ? 1 : 0;
    }

    private long errors() {
        return problems.stream().filter(Problem::isError).count() + count(OnlineFinding.Level.ERROR);
    }

    private long warnings() {
        return problems.stream().filter(problem -> !problem.isError()).count() + count(OnlineFinding.Level.WARNING);
    }

    private long count(OnlineFinding.Level level) {
        return online.stream().filter(finding -> finding.level() == level).count();
    }

    /** Lines that end with a line feed. */
    public String text() {
        StringBuilder text = new StringBuilder();
        problems.stream().filter(Problem::isError).forEach(problem -> line(text, problem.toString()));
        problems.stream().filter(problem -> !problem.isError()).forEach(problem -> line(text, problem.toString()));
        if (!problems.isEmpty()) {
            line(text, "");
        }
        settings(text);
        apps(text);
        close(text);
        servers(text);
        channels(text);
        proxies(text);
        for (Part section : sections) {
            line(text, "");
            line(text, section.title());
            section.lines().forEach(each -> line(text, "  " + each));
            noneIf(section.lines().isEmpty(), text);
        }
        if (!online.isEmpty()) {
            line(text, "");
            line(text, "Online");
            online.forEach(finding -> line(text, "  " + finding));
        }
        line(text, "");
        line(text, summary());
        return Secrets.of(
                        configuration.settings(),
                        configuration.apps(),
                        configuration.proxies(),
                        configuration.variables())
                .mask(text.toString());
    }

    private String summary() {
        long errors = errors();
        long warnings = warnings();
        return errors + warnings == 0
                ? "No problems found."
                : count(errors, "error") + ", " + count(warnings, "warning");
    }

    private void settings(StringBuilder text) {
        line(text, "Settings");
        for (SettingValue value : configuration.values()) {
            line(text, "  %-34s %-30s %s".formatted(value.setting(), value.text(), value.origin()));
        }
        ConnectionLimit limit =
                ConnectionLimit.ofProcess(configuration.settings().maxConnections());
        line(text, "  " + limit.text());
    }

    private void apps(StringBuilder text) {
        AppsConfig config = configuration.apps();
        line(text, "");
        line(text, "Apps");
        for (AppsConfig.App app : config.apps().values()) {
            String shownAs = app.displayName().equals(app.id()) ? "" : " (" + app.displayName() + ")";
            line(text, "  " + app.id() + shownAs);
            line(text, "    domains   " + String.join(", ", app.domains()));
            app.domains().forEach(domain -> rule(domain, config.windows().rule(new DomainId(app.id(), domain)), text));
            line(text, "    channels  " + (app.channels().isEmpty() ? "none" : String.join(", ", app.channels())));
            line(text, "    server    " + Objects.requireNonNullElse(app.server(), "none (updates over HTTP only)"));
            if (!app.alerts().describe().isEmpty()) {
                line(text, "    alerts    " + app.alerts().describe());
            }
            for (JobRule rule : app.jobs()) {
                line(
                        text,
                        "    jobs      %s%s%s  ->  %s"
                                .formatted(
                                        rule.name(),
                                        rule.type() == null ? "" : "  type " + rule.type(),
                                        rule.user() == null ? "" : "  user " + rule.user(),
                                        rule.domain()));
            }
        }
    }

    private static void rule(String domain, DomainRule rule, StringBuilder text) {
        List<String> parts = new ArrayList<>();
        if (rule.by() != null) {
            parts.add("by " + rule.by());
        }
        if (!rule.after().isEmpty()) {
            parts.add("after " + rule.after().stream().map(DomainId::toString).collect(Collectors.joining(", ")));
        }
        if (rule.owner() != null) {
            parts.add("owner " + rule.owner());
        }
        if (rule.runbook() != null) {
            parts.add("runbook " + rule.runbook());
        }
        if (!parts.isEmpty()) {
            line(text, "    " + domain + "  " + String.join("; ", parts));
        }
    }

    private void close(StringBuilder text) {
        CloseCalendar calendar = configuration.apps().windows().calendar();
        line(text, "");
        line(text, "Close window");
        if (calendar == null) {
            line(text, "  the last 24 hours (no close in apps.json)");
            return;
        }
        line(
                text,
                "  starts %s, ends %s, %s, on %s"
                        .formatted(
                                calendar.starts(),
                                Objects.requireNonNullElse(calendar.ends(), "at the next start"),
                                calendar.zone(),
                                Arrays.stream(DayOfWeek.values())
                                        .filter(calendar.days()::contains)
                                        .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))));
    }

    private void servers(StringBuilder text) {
        AppsConfig config = configuration.apps();
        AppsConfig.Pull pull = config.pull();
        line(text, "");
        line(
                text,
                pull.enabled()
                        ? "EPM servers (jobs are polled less often after " + Quantities.text(pull.maxDuration()) + ")"
                        : "EPM servers (polling is off: pull_mode.enabled is false)");
        for (AppsConfig.Server server : config.servers().values()) {
            URI url = server.baseUrl();
            Auth auth = server.auth();
            line(
                    text,
                    "  %s (%s)  %s  %s  auth %s%s"
                            .formatted(
                                    server.id(),
                                    server.name(),
                                    server.product().id(),
                                    url == null ? "no base_url" : url,
                                    auth == null ? "none" : auth.type(),
                                    server.configured() ? "" : "  not_configured: not polled"));
            Watch watch = server.watch();
            if (watch != null) {
                line(
                        text,
                        "    watched by %s every %s, jobs that ended up to %s ago%s%s"
                                .formatted(
                                        watch.source().id(),
                                        Quantities.text(watch.interval()),
                                        Quantities.text(watch.maxAge()),
                                        watch.source() == Watch.Source.CONSOLE
                                                ? "; each round leaves a row in the job console"
                                                : "",
                                        watch.source().experimental() ? "  (experimental)" : ""));
            }
        }
        noneIf(config.servers().isEmpty(), text);
    }

    private void channels(StringBuilder text) {
        AppsConfig config = configuration.apps();
        boolean token = configuration.settings().slackBotToken() != null;
        line(text, "");
        line(text, token ? "Slack channels" : "Slack channels (preview only: SLACK_BOT_TOKEN is not set)");
        for (AppsConfig.Channel channel : config.channels().values()) {
            List<String> apps =
                    config.appsOf(channel).stream().map(AppsConfig.App::id).toList();
            line(
                    text,
                    "  %s (%s)  %s  alerts %s  shows %s"
                            .formatted(
                                    channel.id(),
                                    channel.name(),
                                    channel.canvasId() == null
                                            ? "canvas created automatically"
                                            : "canvas " + channel.canvasId(),
                                    channel.alerts() ? "on" : "off",
                                    String.join(", ", apps)));
        }
        noneIf(config.channels().isEmpty(), text);
        if (token) {
            canvasRound(text);
        }
    }

    /** How long it takes until all canvases are published, as after a start, if that is more than a minute. */
    private void canvasRound(StringBuilder text) {
        Collection<AppsConfig.Channel> channels =
                configuration.apps().channels().values();
        int editsPerMinute = configuration.settings().canvasEditsPerMinute();
        long toCreate =
                channels.stream().filter(channel -> channel.canvasId() == null).count();
        if (channels.size() > editsPerMinute) {
            Duration round = Duration.ofSeconds(
                    Math.max((60L * channels.size() + editsPerMinute - 1) / editsPerMinute, 4 * toCreate));
            line(
                    text,
                    "  all canvases are published within %s after a start: %d edits a minute%s"
                            .formatted(
                                    Quantities.text(round),
                                    editsPerMinute,
                                    toCreate == 0
                                            ? ""
                                            : ", and " + toCreate
                                                    + " canvases that may have to be created, 15 a minute"));
        }
    }

    /** One line for each called address. */
    private void proxies(StringBuilder text) {
        line(text, "");
        line(text, "Outgoing calls");
        outgoingCall(text, "Slack", configuration.settings().slackApiUrl());
        Set<URI> tokenUrls = new LinkedHashSet<>();
        for (AppsConfig.Server server : configuration.apps().servers().values()) {
            URI url = server.baseUrl();
            Auth auth = server.auth();
            if (url != null) {
                outgoingCall(text, "EPM server " + server.id(), url);
            }
            URI tokenUrl = auth == null ? null : auth.tokenUrl();
            if (tokenUrl != null) {
                tokenUrls.add(tokenUrl);
            }
        }
        tokenUrls.forEach(url -> outgoingCall(text, "tokens", url));
        if (configuration.settings().alerts().pagerDutyKey() != null) {
            outgoingCall(text, "PagerDuty", configuration.settings().alerts().pagerDutyUrl());
        }
    }

    private void outgoingCall(StringBuilder text, String what, URI url) {
        line(text, "  %-24s %s  %s".formatted(what, url, configuration.proxies().describe(url)));
    }

    private static void noneIf(boolean empty, StringBuilder text) {
        if (empty) {
            line(text, "  none");
        }
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static void line(StringBuilder text, String line) {
        text.append(line.stripTrailing()).append('\n');
    }
}
