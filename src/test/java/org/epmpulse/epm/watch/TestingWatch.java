package org.epmpulse.epm.watch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.config.AlertTargets;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.JobRule;
import org.epmpulse.config.Product;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Watch;
import org.epmpulse.epm.EpmRequests;
import org.epmpulse.epm.MaintenanceWindow;
import org.epmpulse.epm.Poll;
import org.epmpulse.epm.PollSchedule;
import org.epmpulse.epm.RequestCredentials;
import org.epmpulse.epm.TokenProvider;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.SandboxConsole;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Source;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.store.Documents;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusRecorder;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.FileDocuments;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;

/** A watch of a simulated environment, with a journal and a cursor on disk, and a clock that a test sets. */
final class TestingWatch implements AutoCloseable {

    static final ZoneId ZONE = ZoneId.of("UTC");
    static final String APP = "Planning";
    static final Duration INTERVAL = Duration.ofMinutes(5);

    final EpmSandbox epm;
    final SandboxConsole console;
    final MeterRegistry meters = new SimpleMeterRegistry();
    final List<JobRule> rules = new ArrayList<>();
    final Map<Watch.Column, String> columns = new LinkedHashMap<>();
    Watch.Source source = Watch.Source.CONSOLE;
    Watch.Report report;
    volatile Instant now = Instant.parse("2026-03-10T12:00:00Z");
    WatchSchedule watch;
    PollSchedule polls;
    JournalStatusStore store;
    Documents documents;

    private final Path folder;
    private final TimeSource clock = () -> now;
    private DataFolder dataFolder;
    private StatusRecorder recorder;
    private WatchCalls calls;
    private TokenProvider tokens;
    private EpmRequests requests;

    TestingWatch(Path folder) {
        this.folder = folder;
        this.epm = EpmSandbox.start(() -> now);
        this.console = epm.console();
        epm.addUser("robot", "pass");
        rules.add(new JobRule("Load Actuals", null, null, "Actual"));
        rules.add(new JobRule("Agg_*", "RULES", "svc_*", "Actual"));
        rules.add(new JobRule("Budget*", null, null, "Budget"));
    }

    AppsConfig config() {
        Watch settings = new Watch(source, INTERVAL, Duration.ofHours(24), columns, List.of(1, 2), report);
        AppsConfig.Server server = new AppsConfig.Server(
                "planning",
                "Planning",
                epm.environmentUrl(),
                source == Watch.Source.RULES ? Product.DATA_INTEGRATION : Product.PLANNING,
                null,
                new Auth.Basic("robot", "pass"),
                settings);
        AppsConfig.App app = new AppsConfig.App(
                APP, APP, List.of("Actual", "Budget"), List.of(), "planning", rules, AlertTargets.DEFAULT);
        return new AppsConfig(
                Map.of(APP, app),
                Map.of("planning", server),
                Map.of(),
                null,
                new AppsConfig.Pull(true, null, Duration.ofHours(1)));
    }

    TestingWatch open() {
        try {
            AppsConfig config = config();
            dataFolder = DataFolder.open(folder);
            ServiceThreads threads = new ServiceThreads(meters);
            StatusChanges changes = new StatusChanges();
            store = JournalStatusStore.open(
                    dataFolder,
                    new StatusRules(Duration.ofMinutes(10)),
                    config.catalog(),
                    new JournalStatusStore.Retention(400, 10_000_000_000L),
                    clock,
                    changes::publish,
                    meters,
                    threads);
            documents = new FileDocuments(dataFolder, clock, meters);
            recorder = new StatusRecorder(new UpdateValidator(config.catalog()), store, meters);
            tokens = new TokenProvider(clock, ProxyRules.DIRECT);
            calls = new WatchCalls(tokens, ProxyRules.DIRECT);
            requests = new EpmRequests(tokens, ProxyRules.DIRECT, 1);
            polls = new PollSchedule(
                    config, store::board, Duration.ofSeconds(30), ZONE, clock, new SimpleMeterRegistry());
            watch = newSchedule();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The watch of a node on this journal. */
    WatchSchedule newSchedule() {
        return new WatchSchedule(config(), store, documents, polls, ZONE, clock, meters);
    }

    /** Adds a job that runs from now on, for this time. */
    String job(String name, Duration length, State state) {
        return console.add(APP, name, "RULES", "svc_epm", now, now.plus(length), state);
    }

    void advance(Duration time) {
        now = now.plus(time);
    }

    /** Runs the steps that are due, and those that follow within 15 s, with the clock moved on. */
    void round() {
        for (Duration wait = Duration.ZERO; wait != null && wait.compareTo(Duration.ofSeconds(15)) <= 0; ) {
            now = now.plus(wait);
            watch.poll(4).forEach(this::run);
            wait = watch.untilNextPoll();
        }
    }

    /** The next round, after the interval. */
    void nextRound() {
        Duration wait = watch.untilNextPoll();
        now = now.plus(wait);
        round();
    }

    private void run(WatchStep step) {
        try {
            if (watch.begin(step) == null) {
                return;
            }
            List<StatusUpdate> updates = watch.handleReply(step, calls.send(step, calls.credentials(step)));
            if (updates != null) {
                recorder.record(updates);
            }
            watch.succeeded(step);
        } catch (Exception e) {
            watch.failed(step, e);
        }
    }

    /** Polls the running jobs, as the service does. */
    void pollJobs() {
        advance(Duration.ofSeconds(30));
        for (Poll poll : polls.poll(10)) {
            try {
                List<StatusUpdate> updates = polls.handleResponse(
                        poll,
                        requests.state(poll, tokens.credentials(poll.server())).state());
                if (updates != null) {
                    recorder.record(updates);
                }
                polls.succeeded(poll);
            } catch (Exception e) {
                polls.failed(poll, e);
            }
        }
    }

    /** Those of another request to the environment, whose outcome is not known yet. */
    RequestCredentials credentials() {
        return tokens.credentials(WatchTarget.of(config()).get(0).server());
    }

    /** As if a poll had read it. */
    void setMaintenance(String start) {
        polls.setMaintenance(
                WatchTarget.of(config()).get(0).poll("1"),
                new MaintenanceWindow(LocalTime.parse(start), ZoneOffset.UTC));
    }

    /** A client's update. */
    void post(String domain, String status, String jobId, String epmJobId) {
        try {
            recorder.record(new StatusUpdate(
                    APP, domain, status, jobId, null, null, epmJobId, Source.API, "client", null, null));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    DomainStatus domain(String domain) {
        return store.board().of(new DomainId(APP, domain));
    }

    /** What is recorded of a domain, the oldest first: status, job and EPM job. */
    List<String> history(String domain) {
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries(domain)) {
            lines.add(0, entry.status().label() + " " + entry.jobId() + " " + entry.epmJobId());
        }
        return lines;
    }

    /** The latest first. */
    List<Entry> entries(String domain) {
        return store.history(new HistoryQuery(APP, domain, null, null, null, null, 1000, null))
                .entries();
    }

    /** What the board says about the environment; null if nothing. */
    String notice() {
        return polls.notes().outages().get(APP);
    }

    int exports() {
        return (int) epm.calls().stream()
                .filter(call -> call.operation().equals("export"))
                .count();
    }

    void stop() {
        watch.stop();
        calls.close();
        requests.close();
        store.close();
        dataFolder.close();
    }

    /** A restart of the service. */
    void restart() {
        stop();
        open();
    }

    @Override
    public void close() {
        stop();
        epm.close();
    }
}
