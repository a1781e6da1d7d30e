package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.cluster.TestingCluster;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.Variables;
import org.epmpulse.routes.RouteFile;
import org.epmpulse.routes.RouteFiles;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.security.RateLimits;
import org.epmpulse.slack.canvas.CanvasRegistry;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.Documents;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with the shipped routes, in this process: what Slack gets when the active one is replaced. */
class TakeoverTest {

    private static final String APPS = """
            {"channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}, "CARCS": {"name": "arcs"}},
             "apps": {"Planning": {"domains": ["Actual"], "channels": ["CMAIN"]},
                      "ARCS": {"domains": ["Match"], "channels": ["CARCS"]}}}
            """;

    private static final DomainId ACTUAL = new DomainId("Planning", "Actual");

    /** Those without HTTP. */
    private static final String ROUTES = "(alert|canvas-(publish|refresh|create)|errors).*";

    @TempDir
    private Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    private final TestingCluster database = new TestingCluster();
    private final List<StatusChanges> feeds = new ArrayList<>();
    private final List<Main> started = new ArrayList<>();
    private Configuration configuration;
    private DataFolder data;
    private JournalStatusStore store;
    private TestingActivity a;
    private TestingActivity b;

    @BeforeEach
    void start() throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CARCS", "arcs"));
        slack.addCanvas("FMAIN", "Main");
        Path apps = Files.writeString(folder.resolve("apps.json"), APPS);
        configuration = Configuration.load(
                        folder,
                        Variables.of(
                                Map.of(
                                        "EPMPULSE_APPS_CONFIG", apps.toString(),
                                        "EPMPULSE_CANVAS_MIN_INTERVAL", "100ms",
                                        "SLACK_BOT_TOKEN", slack.botToken(),
                                        "SLACK_API_URL", slack.apiUrl().toString()),
                                Map.of()))
                .orThrow();
        MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        data = DataFolder.open(folder.resolve("data"));
        store = JournalStatusStore.open(
                data,
                new StatusRules(Duration.ofMinutes(10)),
                configuration.apps().catalog(),
                new JournalStatusStore.Retention(400, 1_000_000_000),
                TimeSource.system(),
                change -> feeds.forEach(feed -> feed.publish(change)),
                meters,
                new ServiceThreads(meters));
        a = node(1);
        b = node(0);
    }

    @AfterEach
    void stop() {
        started.forEach(Main::stop);
        store.close();
        data.close();
    }

    /** Starts a node as the service does, with the shared store in the place of a database. */
    private TestingActivity node(long epoch) throws Exception {
        TestingActivity activity = new TestingActivity(epoch);
        Cluster cluster = database.node(activity);
        Documents documents = database.documents(activity);
        StatusChanges changes = new StatusChanges(StatusChanges.KEPT);
        changes.begin(store.board().revision());
        feeds.add(changes);
        MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        TimeSource clock = TimeSource.system();
        Main main = new Main();
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        Beans.bind(
                main,
                configuration,
                configuration.apps().catalog(),
                new Beans.PersistentState(
                        store, changes, new CanvasRegistry(documents, List.of("CARCS"), clock), documents, cluster),
                new Beans.Http(new RateLimits(0, clock.steadySource()), Runnable::run, () -> null, () -> null),
                meters,
                clock,
                new ServiceThreads(meters));
        List<RouteFile> routes = shippedRoutes();
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport support) {
                RouteFile.add(routes, support.getCamelContext());
            }
        });
        main.start();
        started.add(main);
        return activity;
    }

    private static List<RouteFile> shippedRoutes() throws IOException {
        return new RouteFiles(Path.of("routes"))
                .read().stream()
                        .filter(file -> !file.ofSite()
                                && file.path().getFileName().toString().matches(ROUTES))
                        .toList();
    }

    private void post(Status status, String message) {
        store.record(List.of(ValidatedUpdate.of(ACTUAL, status, message, message, "tester")), false, null)
                .join();
    }

    private List<String> alerts() {
        return slack.messages().stream()
                .map(message -> message.text().contains("OK again") ? "OK" : "Warning")
                .toList();
    }

    private void awaitCanvas(String text) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> slack.canvas("FMAIN").markdown().contains(text));
    }

    @Test
    void theOtherNodeContinuesWithoutRepeatingOrLosingAnAlert() {
        post(Status.WARNING, "first");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(alerts()).containsExactly("Warning"));
        awaitCanvas("first");

        a.set(0);
        post(Status.OK, "second");
        post(Status.WARNING, "third");
        b.set(2);

        awaitCanvas("third");
        // The message of the first problem shows its end, too.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(alerts()).containsExactly("OK", "OK", "Warning"));
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(30))
                .until(() -> slack.messages().size() == 3);
    }

    @Test
    void onlyTheActiveNodeCallsSlackAndAChannelGetsOneCanvas() {
        await().atMost(Duration.ofSeconds(30)).until(() -> slack.canvases().size() == 2);
        a.set(0);
        b.set(2);
        post(Status.LOADING, "first");
        awaitCanvas("first");

        b.set(0);
        post(Status.WARNING, "second");
        // A call that was sent before may still arrive; it shows an earlier board.
        AtomicInteger calls = new AtomicInteger();
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        calls.getAndSet(slack.calls().size()) == slack.calls().size());

        assertThat(slack.messages()).isEmpty();
        assertThat(slack.canvas("FMAIN").markdown()).contains("first").doesNotContain("second");
        assertThat(slack.canvases()).hasSize(2);
        assertThat(slack.calls("conversations.canvases.create")).hasSize(1);
    }
}
