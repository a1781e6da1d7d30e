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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The cost of a POST with other concurrent work. */
@Command(
        name = "scenarios",
        description = "Compare POST with a JSON log, scrapes, canvases and 1,000 event readers with the default.",
        mixinStandardHelpOptions = true)
final class ScenariosBenchmark implements Callable<Integer> {

    private static final String NAME = "scenarios";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;
    private static final int CHANNELS = 5;

    @Mixin
    private RoundOptions options = new RoundOptions();

    private final AtomicInteger edits = new AtomicInteger();
    private final AtomicInteger scrapes = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        int readers = options.quick() ? 100 : 1_000;
        String apps = Program.apps(DOMAINS);
        InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, options.measured(10));
        List<InterleavedMeasurement.Entry> entries = List.of(
                measurement.runner(() -> Program.start(apps, Map.of())).entry("default", ScenariosBenchmark::post),
                measurement
                        .runner(() -> Program.start(apps, Map.of("EPMPULSE_LOG_FORMAT", "json")))
                        .entry("JSON log", ScenariosBenchmark::post),
                measurement
                        .runner(() -> Program.start(apps, Map.of()))
                        .entry("metrics scraped once a second", this::postWithScrapes),
                measurement
                        .runner(this::startWithCanvases)
                        .entry("%d canvases published".formatted(CHANNELS), ScenariosBenchmark::post),
                measurement
                        .runner(() -> {
                            Program program = Program.start(apps, Map.of());
                            return program.onClose(EventReaders.connect(program, readers, () -> buffer -> {})::close);
                        })
                        .entry("%,d event readers".formatted(readers), ScenariosBenchmark::post));
        measurement.run();
        Comparison.publish(
                NAME,
                "updates",
                entries,
                "%d canvas edits and %d scrapes, including the warm-up. Slack and the readers share the cores."
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
            throw new IllegalStateException("the metrics cannot be read", e);
        }
    }

    /** Starts EPMPulse with a simulated Slack in this process, which enforces Slack's limits. */
    private Program startWithCanvases() throws Exception {
        SimulatedSlack slack = new SimulatedSlack(CHANNELS, InstantSource.system());
        return Program.start(slack.apps(DOMAINS), slack.settings(Map.of())).onClose(() -> {
            edits.addAndGet(slack.edits());
            slack.close();
        });
    }
}
