package org.epmpulse.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.core5.net.URIBuilder;
import org.epmpulse.cli.Logging;
import org.epmpulse.cli.RunningService;
import org.epmpulse.cli.Starter;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.NewKey;
import org.epmpulse.config.Settings;
import org.epmpulse.config.Variables;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.CloseNight;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.MailReceiver;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.store.journal.MigrationMarks;
import org.jspecify.annotations.Nullable;

/**
 * The service with a simulated EPM environment and Slack workspace, on a journal of invented days. One thread replays a
 * close night in a loop, another plays a longer chain in real time; both post their updates over HTTP.
 */
final class RunningDemo implements AutoCloseable {

    /** A file that marks a data folder as the demo's, so that the demo never writes into a real journal. */
    private static final String MARKER = "demo";

    /** The settings that a user can change; the demo sets all others. */
    private static final String ROUTES_DIR = "EPMPULSE_ROUTES_DIR";

    private static final String LOG_LEVEL = "EPMPULSE_LOG_LEVEL";

    private static final Set<String> USER_SETTINGS =
            Set.of("EPMPULSE_HOST", "EPMPULSE_PORT", ROUTES_DIR, "EPMPULSE_TIMEZONE", LOG_LEVEL, "EPMPULSE_LOG_FORMAT");

    private static final String EPM_CLIENT = "demo";

    /** An app of the demo that nobody posts for. */
    private static final String SCHEDULED_APP = "Profitability";

    private static final Duration SCHEDULED_TIME = Duration.ofSeconds(45);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final HttpClient http =
            HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    private final SlackSandbox slack;
    private final EpmSandbox epm;
    private final MailReceiver mails;
    private final AlertReceiver alerts;
    private final String key = NewKey.named(MARKER).key();
    private final Path data;
    private final Path temporary;
    private final RunningService service;
    private final Thread player = new Thread(this::replay, "epmpulse-demo");
    private final Thread chainPlayer = new Thread(this::playChain, "epmpulse-demo-chain");
    private final DemoWindow window;

    private RunningDemo(
            Starter starter,
            Map<String, String> environment,
            @Nullable Path routes,
            boolean site,
            Map<String, String> overrides)
            throws IOException, InterruptedException {
        // The simulated systems load classes with loggers.
        Settings settings = Configuration.load(
                        Path.of("").toAbsolutePath(), Variables.of(userSettings(environment), overrides))
                .settings();
        Logging.configure(settings);
        if (!environment.containsKey(LOG_LEVEL)) {
            Logging.withoutAccessLog();
        }
        String configured = environment.get("EPMPULSE_DATA_DIR");
        temporary = Files.createTempDirectory("epmpulse-demo");
        data = configured == null || configured.isBlank() ? temporary.resolve("data") : Path.of(configured);
        slack = SlackSandbox.start(InstantSource.system());
        epm = EpmSandbox.start(InstantSource.system());
        mails = MailReceiver.start(InstantSource.system());
        alerts = AlertReceiver.start(InstantSource.system());
        alerts.show(mails);
        try {
            mark(data);
            slack.put(SandboxChannel.of("CEPMMAIN", "epm-main"));
            slack.put(SandboxChannel.of("CARCS", "arcs-support"));
            slack.addCanvas("FEPMMAIN", "EPM status");
            slack.addCanvas("FARCS", "ARCS status");
            epm.put(OAuthClient.of(EPM_CLIENT, EPM_CLIENT));
            startScheduledJob();
            window = new DemoWindow(settings.timezone(), Instant.now());
            Configuration configuration = configuration(environment, routes, site, overrides, settings);
            if (hasJournal(data) && !MigrationMarks.isIncomplete(data)) {
                DemoHistory.extend(data, window, configuration.apps().catalog());
            } else {
                DemoHistory.write(data, window, configuration.apps().catalog());
            }
            service = starter.start(configuration, true, running -> {});
        } catch (IOException | InterruptedException | RuntimeException e) {
            alerts.close();
            mails.close();
            epm.close();
            slack.close();
            delete(temporary);
            throw e;
        }
    }

    /**
     * Starts a demo and prints its addresses.
     *
     * @throws IOException if the port is in use or the data folder was not created by the demo
     */
    static void start(
            Starter starter,
            Map<String, String> environment,
            @Nullable Path routes,
            boolean site,
            Map<String, String> overrides,
            PrintWriter out)
            throws IOException, InterruptedException {
        RunningDemo demo = new RunningDemo(starter, environment, routes, site, overrides);
        Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "epmpulse-stop"));
        String board = "http://" + demo.service.address() + "/";
        out.println();
        out.println("  The board:     " + board + "#key=" + demo.key);
        out.println("  The canvases:  " + demo.slack.pageUrl());
        out.println("  Mails, cards:  " + demo.alerts.pageUrl());
        out.println();
        out.println("  A simulated close night repeats every minute, after 40 days of history. Press Ctrl-C to stop.");
        out.println();
        out.flush();
        demo.player.start();
        demo.chainPlayer.start();
    }

    private static void mark(Path data) throws IOException {
        if (hasJournal(data) && !Files.exists(data.resolve(MARKER))) {
            throw new IOException("EPMPULSE_DATA_DIR: " + data.toAbsolutePath()
                    + " holds a journal that was not created by the demo; use another folder");
        }
        Files.createDirectories(data);
        Files.writeString(data.resolve(MARKER), "The journal in this folder was written by the demo.\n");
    }

    private static boolean hasJournal(Path data) throws IOException {
        Path history = data.resolve("history");
        boolean hasHistory = Files.isDirectory(history) && !isEmpty(history);
        return hasHistory || Files.exists(data.resolve("apps_status.json"));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private Configuration configuration(
            Map<String, String> environment,
            @Nullable Path routes,
            boolean site,
            Map<String, String> overrides,
            Settings settings)
            throws IOException {
        Path apps = temporary.resolve("apps.json");
        try (InputStream shipped = Objects.requireNonNull(
                RunningDemo.class.getResourceAsStream("/demo/apps.json"), "the jar must contain it")) {
            Files.write(apps, shipped.readAllBytes());
        }
        Map<String, String> variables = userSettings(environment);
        Path folder = routesFolder(variables.getOrDefault(ROUTES_DIR, ""), routes);
        boolean copied = !site && Files.isDirectory(folder);
        variables.put(ROUTES_DIR, (copied ? copyOfShipped(folder) : folder.toAbsolutePath()).toString());
        variables.putAll(window.variables());
        variables.put("EPMPULSE_API_KEY", key);
        variables.put("EPMPULSE_APPS_CONFIG", apps.toString());
        variables.put("EPMPULSE_DATA_DIR", data.toAbsolutePath().toString());
        variables.put("EPMPULSE_POLL_INTERVAL", "2s");
        variables.put("EPM_POD_URL", epm.environmentUrl().toString());
        variables.put("EPM_TOKEN_URL", epm.tokenUrl().toString());
        variables.put("EPM_CLIENT_ID", EPM_CLIENT);
        variables.put("EPM_CLIENT_SECRET", EPM_CLIENT);
        variables.put("SLACK_BOT_TOKEN", slack.botToken());
        variables.put("SLACK_API_URL", slack.apiUrl().toString());
        variables.put("SLACK_APP_TOKEN", slack.appToken());
        variables.put("SLACK_ALLOWED_USERS", SlackSandbox.PAGE_USER);
        variables.put("EPMPULSE_SMTP_URL", mails.url());
        variables.put("EPMPULSE_ALERT_MAIL_FROM", "epmpulse@example.com");
        variables.put("EPMPULSE_ALERT_MAIL_TO", "close@example.com");
        variables.put("EPMPULSE_TEAMS_WEBHOOK_URL", alerts.teamsUrl().toString());
        variables.put("EPMPULSE_WEBHOOK_URL", alerts.webhookUrl().toString());
        variables.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
        variables.put("EPMPULSE_PAGERDUTY_URL", alerts.pagerDutyUrl().toString());
        if (settings.port() != 0) {
            URIBuilder board =
                    new URIBuilder().setScheme("http").setHost(settings.host()).setPort(settings.port());
            variables.put("EPMPULSE_BOARD_URL", board.toString());
        }
        return Configuration.load(Path.of("").toAbsolutePath(), Variables.of(variables, overrides))
                .orThrow();
    }

    private static Path routesFolder(String configured, @Nullable Path shipped) {
        if (!configured.isBlank()) {
            return Path.of(configured);
        }
        return shipped == null ? Path.of("routes") : shipped;
    }

    private static Map<String, String> userSettings(Map<String, String> environment) {
        Map<String, String> settings = new HashMap<>(environment);
        settings.keySet().retainAll(USER_SETTINGS);
        return settings;
    }

    /** Without the routes of the site. */
    private Path copyOfShipped(Path routes) throws IOException {
        Path copy = Files.createDirectory(temporary.resolve("routes"));
        try (DirectoryStream<Path> shipped = Files.newDirectoryStream(routes, "*.camel.yaml")) {
            for (Path file : shipped) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private void replay() {
        try {
            boolean running = true;
            for (int night = 1; running; night++) {
                running = replayNight(night, System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is still to come of the chain, each day. */
    private void playChain() {
        try {
            for (int day = 0; stopped.getCount() > 0; day++) {
                for (CloseChain.Load load : CloseChain.LOADS) {
                    Instant start = window.began().plus(Duration.ofDays(day)).plus(load.start());
                    String job = DemoHistory.jobId(load.jobId(), start);
                    boolean isInHistory = start.isBefore(window.began());
                    if (!isInHistory && !postAt(start, load, "Loading", job, null)) {
                        return;
                    }
                    Instant end = start.plus(load.today());
                    if (!end.isBefore(window.began()) && !postAt(end, load, "OK", job, load.message())) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the time and posts; false if the demo was stopped meanwhile. */
    private boolean postAt(Instant time, CloseChain.Load load, String status, String job, @Nullable String message)
            throws InterruptedException {
        long millis = Math.max(0, Duration.between(Instant.now(), time).toMillis());
        if (stopped.await(millis, TimeUnit.MILLISECONDS)) {
            return false;
        }
        post(JSON.createObjectNode()
                .put("app", load.app())
                .put("domain", load.domain())
                .put("status", status)
                .put("job_id", job)
                .put("message", message)
                .put("url", DemoHistory.logOf(job)));
        return true;
    }

    private boolean replayNight(int night, long start) throws InterruptedException {
        if (night > 1) {
            startScheduledJob();
        }
        List<CloseNight.Step> steps = CloseNight.steps();
        for (CloseNight.Step step : steps) {
            if (waitUntil(start, Duration.ofSeconds(step.second()))) {
                return false;
            }
            post(step, night);
        }
        return !waitUntil(start, CloseNight.LENGTH);
    }

    /** A job that is scheduled in EPM; nobody posts it, so the service has to find it. */
    private void startScheduledJob() {
        Instant now = Instant.now();
        epm.console()
                .add(
                        SCHEDULED_APP,
                        "Nightly Allocation",
                        "RULES",
                        "svc_epm",
                        now,
                        now.plus(SCHEDULED_TIME),
                        ScriptedJobState.State.SUCCEEDED);
    }

    /** Waits until the offset; true if the demo was stopped meanwhile. */
    private boolean waitUntil(long start, Duration offset) throws InterruptedException {
        long nanos = start + offset.toNanos() - System.nanoTime();
        return stopped.await(nanos, TimeUnit.NANOSECONDS);
    }

    private void post(CloseNight.Step step, int night) throws InterruptedException {
        String epmJobId = null;
        CloseNight.EpmEnd end = step.epmEnd();
        if (end != null) {
            epmJobId = Integer.toString(night * 100 + step.second());
            JobScript script = JobScript.from(Instant.now())
                    .then(end.after(), ScriptedJobState.succeeded().withDetails(end.details()));
            epm.addJob(SandboxProduct.PLANNING, step.app(), epmJobId, script);
        }
        post(JSON.createObjectNode()
                .put("app", step.app())
                .put("domain", step.domain())
                .put("status", step.status())
                .put("job_id", step.jobId() + "_" + night)
                .put("message", step.message())
                .put("epm_job_id", epmJobId));
    }

    private void post(ObjectNode update) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + service.address() + "/api/v1/status"))
                .header("X-API-Key", key)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString(update.toString()))
                .build();
        try {
            http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            // The service is stopping.
            stopped.countDown();
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // The system cleans its temporary folder.
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        service.close();
        alerts.close();
        mails.close();
        epm.close();
        slack.close();
        delete(temporary);
    }
}
