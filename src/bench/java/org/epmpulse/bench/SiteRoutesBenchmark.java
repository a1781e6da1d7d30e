package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Posts of a client beside a route of the site that throws, blocks, floods or leaks. */
@Command(
        name = "site-routes",
        description = "Measure posts beside routes of the site that throw, block, flood or leak.",
        mixinStandardHelpOptions = true)
final class SiteRoutesBenchmark implements Callable<Integer> {

    private static final String NAME = "site-routes";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 8;
    private static final int POSTS_PER_SECOND = 500;
    private static final double LIMIT = 1.2;

    /** Each program is measured several times in turn, so that what else the machine does affects all alike. */
    private static final int ROUNDS = 5;

    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    /** A file for each kind of route; the first is none. */
    private static final Map<String, String> ROUTES = new LinkedHashMap<>();

    static {
        ROUTES.put("none", "");
        ROUTES.put("throws", listener("durable: false", """
            - throwException:
                exceptionType: java.lang.IllegalStateException
                message: the target refuses ${body.revision}
            """));
        ROUTES.put("throws, durable", listener("durable: true", """
            - throwException:
                exceptionType: java.lang.IllegalStateException
                message: the target refuses ${body.revision}
            """));
        ROUTES.put("blocks", listener("queueSize: 100", """
            - delay:
                expression:
                  constant:
                    expression: "3600000"
            """));
        ROUTES.put("blocks, durable", listener("durable: true", """
            - delay:
                expression:
                  constant:
                    expression: "3600000"
            """));
        ROUTES.put("floods", """
            - route:
                id: mine
                from:
                  uri: timer:flood
                  parameters:
                    period: "1"
                  steps:
                    - throwException:
                        exceptionType: java.lang.IllegalStateException
                        message: flood
            """);
        ROUTES.put("leaks", listener("interval: 1s", """
            - aggregate:
                aggregationStrategy: "#class:org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy"
                correlationExpression:
                  constant:
                    expression: all
                completionSize: 2000000000
                steps:
                  - log:
                      message: never
            """));
    }

    @Mixin
    private DurationOptions options = new DurationOptions();

    private static String listener(String option, String steps) {
        return """
            - route:
                id: mine
                from:
                  uri: status-changes:mine
                  parameters:
                    %s
                  steps:
            %s""".formatted(option, steps.indent(10));
    }

    @Override
    public Integer call() throws Exception {
        Duration time =
                options.quick() ? Duration.ofSeconds(2) : options.time(1).dividedBy(ROUNDS);
        Map<String, List<Double>> p99 = new LinkedHashMap<>();
        for (int round = 0; round < (options.quick() ? 1 : ROUNDS); round++) {
            for (Map.Entry<String, String> route : ROUTES.entrySet()) {
                p99.computeIfAbsent(route.getKey(), name -> new ArrayList<>()).add(measure(route.getValue(), time));
            }
        }
        double without = median(Objects.requireNonNull(p99.get("none"), "a row without a route"));
        Targets targets = new Targets(NAME);
        p99.forEach((name, values) -> {
            if (!name.equals("none")) {
                targets.atMost("p99 of POST, a route that " + name + " / none", median(values) / without, LIMIT);
            }
        });
        targets.publish();
        return 0;
    }

    private static double median(List<Double> values) {
        return Median.of(values.stream().mapToDouble(Double::doubleValue));
    }

    /** The 99th percentile of the latency of posts, in milliseconds. */
    private static double measure(String route, Duration time) throws IOException, InterruptedException {
        Path folder = Program.newFolder();
        Path routes = Files.createDirectory(folder.resolve("routes"));
        try (Stream<Path> shipped = Files.list(Path.of("routes"))) {
            for (Path file : shipped.filter(Files::isRegularFile).toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        if (!route.isEmpty()) {
            Files.writeString(Files.createDirectory(routes.resolve("site")).resolve("mine.camel.yaml"), route);
        }
        try (Program program =
                        Program.start(folder, Program.apps(DOMAINS), Map.of("EPMPULSE_ROUTES_DIR", routes.toString()));
                PacedLoad load = PacedLoad.start(program, CONNECTIONS, DOMAINS, POSTS_PER_SECOND)) {
            // The first third warms up.
            TimeUnit.NANOSECONDS.sleep(time.toNanos() / 3);
            load.micros();
            TimeUnit.NANOSECONDS.sleep(2 * time.toNanos() / 3);
            if (load.finish(REPLY_TIMEOUT) > 0 || load.failures() > 0) {
                throw new IllegalStateException("posts failed");
            }
            return load.p99Millis();
        } finally {
            Program.delete(folder);
        }
    }
}
