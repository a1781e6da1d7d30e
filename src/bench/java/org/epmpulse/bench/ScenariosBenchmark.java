package org.epmpulse.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What a POST costs while other things happen. */
@Command(
        name = "scenarios",
        description = "POST with a JSON log, scrapes, canvases and 1,000 event readers, beside the default.",
        mixinStandardHelpOptions = true)
final class ScenariosBenchmark implements Callable<Integer> {

    private static final String NAME = "scenarios";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;
    private static final int CHANNELS = 5;

    @Mixin
    private Effort effort = new Effort();

    private final AtomicInteger edits = new AtomicInteger();
    private final AtomicInteger scrapes = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        int readers = effort.quick() ? 100 : 1_000;
        String apps = Program.apps(DOMAINS);
        Contest contest = new Contest(NAME, effort, effort.measured(10));
        List<Contest.Entry> entries = List.of(
                contest.runner(() -> Program.start(apps, Map.of())).entry("default", ScenariosBenchmark::post),
                contest.runner(() -> Program.start(apps, Map.of("EPMPULSE_LOG_FORMAT", "json")))
                        .entry("JSON log", ScenariosBenchmark::post),
                contest.runner(() -> Program.start(apps, Map.of()))
                        .entry("metrics scraped once a second", this::postWithScrapes),
                contest.runner(this::startWithCanvases)
                        .entry("%d canvases published".formatted(CHANNELS), ScenariosBenchmark::post),
                contest.runner(() -> {
                            Program program = Program.start(apps, Map.of());
                            return program.with(EventReaders.connect(program, readers, () -> piece -> {})::close);
                        })
                        .entry("%,d event readers".formatted(readers), ScenariosBenchmark::post));
        contest.run();
        Comparison.publish(
                NAME,
                "updates",
                entries,
                "%d edits of canvases and %d scrapes, warming up included. Slack and readers take of the same cores."
                        .formatted(edits.get(), scrapes.get()));
        return 0;
    }

    private static Wrk.Result post(Program program, Duration time) throws Exception {
        return Wrk.post(program, CONNECTIONS, DOMAINS, time);
    }

    private Wrk.Result postWithScrapes(Program program, Duration time) throws Exception {
        ScheduledExecutorService scraper = Executors.newSingleThreadScheduledExecutor();
        try {
            Future<?> scraping = scraper.scheduleAtFixedRate(() -> scrape(program), 500, 1_000, TimeUnit.MILLISECONDS);
            Wrk.Result result = post(program, time);
            scraping.cancel(false);
            return result;
        } finally {
            scraper.shutdown();
            scraper.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private void scrape(Program program) {
        try {
            if (program.get("/api/v1/metrics").statusCode() == 200) {
                scrapes.incrementAndGet();
            }
        } catch (Exception e) {
            throw new IllegalStateException("the metrics must be there", e);
        }
    }

    /** With a simulated Slack in this process, which holds the program to Slack's limits. */
    private Program startWithCanvases() throws Exception {
        SlackSandbox slack = SlackSandbox.start(InstantSource.system());
        for (int i = 0; i < CHANNELS; i++) {
            slack.put(SandboxChannel.of("C" + i, "channel-" + i));
            slack.addCanvas("F" + i, "EPM status");
        }
        String ids = join("\"C%1$d\"");
        String channels = join("\"C%1$d\": {\"name\": \"channel-%1$d\", \"canvas_id\": \"F%1$d\"}");
        String apps = "{\"apps\": {\"App\": {\"domains\": [%s], \"channels\": [%s]}}, \"channels\": {%s}}"
                .formatted(Program.domains(DOMAINS), ids, channels);
        return Program.start(
                        apps,
                        Map.of(
                                "SLACK_BOT_TOKEN",
                                slack.botToken(),
                                "SLACK_API_URL",
                                slack.apiUrl().toString()))
                .with(() -> {
                    edits.addAndGet(slack.calls("canvases.edit").size());
                    slack.close();
                });
    }

    private static String join(String format) {
        return IntStream.range(0, CHANNELS).mapToObj(format::formatted).collect(Collectors.joining(","));
    }
}
