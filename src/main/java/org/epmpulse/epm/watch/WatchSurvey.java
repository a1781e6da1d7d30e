package org.epmpulse.epm.watch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Watch;
import org.epmpulse.epm.JobState;
import org.epmpulse.epm.TokenProvider;
import org.epmpulse.epm.watch.WatchStep.Kind;
import org.epmpulse.status.Status;
import org.epmpulse.threads.TimeSource;

/**
 * One round of a watch on behalf of a person, for {@code check --online} and the command {@code jobs}: what the
 * environment lists. It records nothing; in the environment it leaves a row in the job console. For one thread.
 */
public final class WatchSurvey implements AutoCloseable {

    private static final int MAX_SHOWN = 12;

    private final WatchCalls calls;
    private final Duration longest;
    private long steps;

    /** @param longest how long to wait for the export */
    public WatchSurvey(ProxyRules proxies, TimeSource clock, Duration longest) {
        this.calls = new WatchCalls(new TokenProvider(clock, proxies), proxies);
        this.longest = longest;
    }

    /**
     * Checks all watched servers, one after the other.
     *
     * @param longest how long to wait for each export
     */
    public static List<OnlineFinding> run(AppsConfig apps, ProxyRules proxies, TimeSource clock, Duration longest)
            throws InterruptedException {
        List<OnlineFinding> findings = new ArrayList<>();
        try (WatchSurvey survey = new WatchSurvey(proxies, clock, longest)) {
            for (WatchTarget target : WatchTarget.of(apps)) {
                findings.addAll(survey.findings(target));
            }
        }
        return findings;
    }

    private List<OnlineFinding> findings(WatchTarget target) throws InterruptedException {
        String where = "Watch of " + target.name();
        try {
            if (target.watch().source() == Watch.Source.IDS) {
                return List.of(probe(target, where));
            }
            if (target.watch().source() == Watch.Source.REPORT) {
                return List.of(report(target, where));
            }
            boolean console = target.watch().source() == Watch.Source.CONSOLE;
            JobList list = console ? list(target, 1) : rules(target);
            List<OnlineFinding> findings = new ArrayList<>();
            findings.add(OnlineFinding.ok(where, summary(list, console ? "jobs in 24 h" : "rules with a job")));
            if (!list.unmatchedNames().isEmpty()) {
                findings.add(OnlineFinding.note(where, unmatched(list)));
            }
            if (console && list.own() == null) {
                findings.add(OnlineFinding.warning(
                        where,
                        "the list does not have the job that exported it: running jobs may be missing, and the times of"
                                + " jobs are not known, so EPMPulse says when it has seen them"));
            }
            return findings;
        } catch (ListException e) {
            return List.of(OnlineFinding.error(where, Objects.requireNonNullElse(e.getMessage(), "failed")));
        }
    }

    private OnlineFinding probe(WatchTarget target, String where) throws ListException {
        WatchReply.Job answer = (WatchReply.Job) send(target, Kind.PROBE, NumberSearch.IMPOSSIBLE, 0);
        return answer.state() instanceof JobState.Missing
                ? OnlineFinding.ok(
                        where, "EPM says clearly that it does not know a job, so jobs can be found by their numbers")
                : OnlineFinding.error(where, NumberSearch.unclear(answer.state()));
    }

    private OnlineFinding report(WatchTarget target, String where) throws ListException {
        WatchReply.Report report = (WatchReply.Report) send(target, Kind.REPORT, "", 0);
        Tasks tasks = ((WatchReply.TaskList) send(target, Kind.REPORT_CONTENT, report.path(), 0)).tasks();
        return OnlineFinding.ok(
                where,
                tasks.all() + " tasks in the report " + tasks.report() + ", " + tasks.matching() + " match a rule");
    }

    private JobList rules(WatchTarget target) throws ListException {
        List<ListedJob> jobs = new ArrayList<>();
        for (int location : target.watch().locations()) {
            jobs.addAll(((WatchReply.Rules) send(target, Kind.RULES, Integer.toString(location), 0)).jobs());
        }
        return JobList.of(jobs, target.matcher());
    }

    private static String summary(JobList list, String what) {
        int all = list.matching().size() + list.unmatched();
        String examples = list.matching().stream()
                .map(match ->
                        match.job().name() + " -> " + match.domains().get(0).app() + "/"
                                + match.domains().get(0).domain())
                .distinct()
                .limit(MAX_SHOWN)
                .collect(Collectors.joining(", "));
        return all + " " + what + ", " + list.matching().size() + " match a rule"
                + (examples.isEmpty() ? "" : ", such as " + examples);
    }

    private static String unmatched(JobList list) {
        List<String> names = mostFrequent(list).stream()
                .map(entry -> entry.getKey().name())
                .distinct()
                .limit(MAX_SHOWN)
                .toList();
        int more = (int) list.unmatchedNames().keySet().stream()
                        .map(JobList.Name::name)
                        .distinct()
                        .count()
                - names.size();
        return "names that no rule matches: " + String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
    }

    private static List<Map.Entry<JobList.Name, Integer>> mostFrequent(JobList list) {
        return list.unmatchedNames().entrySet().stream()
                .sorted(Map.Entry.<JobList.Name, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
    }

    /**
     * Rules for the jobs of a server that no rule matches yet, ready to be pasted into {@code apps.json}; the jobs that
     * ran most often come first.
     *
     * @param server of a product with applications; without {@code watch}, the known headers are expected
     * @param days how many days of the console to read: 1, 2, 7, 30 or 60
     * @return one entry for each application of the server
     * @throws IOException if the list cannot be read; the message says why
     */
    public List<Proposal> proposals(AppsConfig config, AppsConfig.Server server, int days)
            throws IOException, InterruptedException {
        List<Proposal> proposals = new ArrayList<>();
        for (WatchTarget target : WatchTarget.of(config, List.of(withWatch(server)))) {
            try {
                JobList list = list(target, days);
                proposals.add(new Proposal(
                        target.application(),
                        list.matching().size(),
                        list.unmatched(),
                        mostFrequent(list).stream()
                                .map(entry -> new Proposal.Job(
                                        entry.getKey().name(), entry.getKey().type(), entry.getValue()))
                                .toList()));
            } catch (ListException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return proposals;
    }

    private static AppsConfig.Server withWatch(AppsConfig.Server server) {
        return server.watch() != null
                ? server
                : new AppsConfig.Server(
                        server.id(),
                        server.name(),
                        server.baseUrl(),
                        server.product(),
                        server.application(),
                        server.auth(),
                        Watch.ofConsole());
    }

    /**
     * What an application lists.
     *
     * @param matching how many jobs a rule matches
     * @param unmatched how many jobs no rule matches
     * @param jobs the names that no rule matches
     */
    public record Proposal(String application, int matching, int unmatched, List<Job> jobs) {

        public Proposal {
            jobs = List.copyOf(jobs);
        }

        /**
         * A name.
         *
         * @param type empty if it is not known
         * @param runs how often it is listed
         */
        public record Job(String name, String type, int runs) {}
    }

    private JobList list(WatchTarget target, int days) throws ListException, InterruptedException {
        ListException failure = null;
        for (String type : WatchedApplication.EXPORT_TYPES) {
            try {
                return list(target, type, days);
            } catch (ExportException e) {
                // The first name is the documented one, so its refusal is the one to show.
                failure = failure == null ? new ListException(String.valueOf(e.getMessage())) : failure;
            }
        }
        throw Objects.requireNonNull(failure, "there are types");
    }

    /** EPM does not export under this name. */
    private static final class ExportException extends Exception {

        private static final long serialVersionUID = 1;

        ExportException(String message) {
            super(message);
        }
    }

    private JobList list(WatchTarget target, String type, int days)
            throws ListException, ExportException, InterruptedException {
        WatchReply.Job job = (WatchReply.Job) send(target, Kind.EXPORT, type, days);
        String export = job.jobId();
        long start = System.nanoTime();
        long wait = 1;
        while (export != null && job.state() instanceof JobState.Running) {
            if (System.nanoTime() - start > longest.toNanos()) {
                throw new ListException(
                        "the export (EPM job " + export + ") did not end within " + longest.toSeconds() + " s");
            }
            TimeUnit.SECONDS.sleep(wait);
            wait = Math.min(10, wait * 2);
            job = (WatchReply.Job) send(target, Kind.EXPORT_STATE, export, 0);
        }
        if (export == null || !(job.state() instanceof JobState.Ended ended) || ended.status() != Status.OK) {
            throw new ExportException("EPM does not export the job console: " + WatchCalls.text(job.state()));
        }
        JobList list = ((WatchReply.Listed) send(target, Kind.DOWNLOAD, export, 0)).list();
        send(target, Kind.DELETE, "", 0);
        return list;
    }

    private WatchReply send(WatchTarget target, Kind kind, String argument, int days) throws ListException {
        steps++;
        WatchStep step = new WatchStep(target, kind, argument, days, steps);
        try {
            WatchReply reply = calls.send(step, calls.credentials(step));
            if (reply instanceof WatchReply.Unusable unusable && kind != Kind.DELETE) {
                throw new ListException(unusable.problem());
            }
            return reply;
        } catch (IOException | RuntimeException e) {
            if (kind == Kind.DELETE) {
                return new WatchReply.Deleted();
            }
            throw new ListException(kind.what() + " failed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
