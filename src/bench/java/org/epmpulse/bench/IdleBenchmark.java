package org.epmpulse.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What programs use when nothing happens. All run at the same time. */
@Command(
        name = "idle",
        description = {
            "Measure CPU and wake-ups without requests, with 2 and with 300 channels, on files and as two nodes.",
            "The nodes need the packages postgresql and postgresql-contrib of Debian."
        },
        mixinStandardHelpOptions = true)
final class IdleBenchmark implements Callable<Integer> {

    private static final String NAME = "idle";
    private static final int DOMAINS = 15;
    private static final List<Integer> CHANNELS = List.of(2, 300);

    /** So that the first edit of each canvas does not take minutes. */
    private static final int SPEED_OF_SLACKS_CLOCK = 60;

    /** After about 200 calls a method is compiled; until then what runs once a second costs several times as much. */
    static final Duration SETTLE = Duration.ofMinutes(5);

    private static final Duration PUBLISHED_TIMEOUT = Duration.ofMinutes(10);

    @Option(names = "--quick", description = "Measure for 10 s; the numbers are too high.")
    private boolean quick;

    private final List<AutoCloseable> started = new ArrayList<>();
    private final List<Measured> programs = new ArrayList<>();

    /** A program under measurement. */
    private record Measured(String name, Program program, double maxPercent) {}

    /** What a program had used at one moment; wake-ups by thread. */
    private record Used(Duration cpu, Map<String, Long> wakeUps) {

        static Used by(Program program) throws Exception {
            return new Used(program.cpu(), program.wakeUps());
        }

        double wakeUpsSince(Used before) {
            return wakeUps.entrySet().stream()
                    .mapToLong(thread -> thread.getValue() - before.wakeUps().getOrDefault(thread.getKey(), 0L))
                    .sum();
        }
    }

    @Override
    public Integer call() throws Exception {
        String missing = PostgresServer.missing();
        try {
            PostgresServer server = missing == null ? keep(PostgresServer.start()) : null;
            for (int channels : CHANNELS) {
                SimulatedSlack slack = keep(new SimulatedSlack(channels, fastClock()));
                startFilled("files, %d channels".formatted(channels), slack, Map.of(), 0.3);
                if (server != null) {
                    PostgresServer.Address database = server.newDatabase();
                    SimulatedSlack nodesSlack = keep(new SimulatedSlack(channels, fastClock()));
                    startFilled(
                            "active node, %d channels".formatted(channels), nodesSlack, database.variables("a"), 0.5);
                    start("passive node, %d channels".formatted(channels), nodesSlack, database.variables("b"), 0.5);
                }
            }
            TimeUnit.SECONDS.sleep(quick ? 5 : SETTLE.toSeconds());
            measure(Duration.ofSeconds(quick ? 10 : 120), missing);
        } finally {
            for (int i = started.size() - 1; i >= 0; i--) {
                started.get(i).close();
            }
        }
        return 0;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        started.add(resource);
        return resource;
    }

    private Program start(String name, SimulatedSlack slack, Map<String, String> settings, double maxPercent)
            throws Exception {
        Map<String, String> all = slack.settings(settings);
        all.put("EPMPULSE_CANVAS_EDITS_PER_MINUTE", Integer.toString(30 * SPEED_OF_SLACKS_CLOCK));
        Program program = keep(Program.start(slack.apps(DOMAINS), all));
        programs.add(new Measured(name, program, maxPercent));
        return program;
    }

    /** Starts a program, posts an update of each domain, and waits until each canvas was edited. */
    private void startFilled(String name, SimulatedSlack slack, Map<String, String> settings, double maxPercent)
            throws Exception {
        start(name, slack, settings, maxPercent).fill(DOMAINS);
        Instant end = Instant.now().plus(PUBLISHED_TIMEOUT);
        while (slack.edits() < slack.channels()) {
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException(name + ": only " + slack.edits() + " canvases were edited");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static InstantSource fastClock() {
        Instant start = Instant.now();
        long nanos = System.nanoTime();
        return () -> start.plusNanos(SPEED_OF_SLACKS_CLOCK * (System.nanoTime() - nanos));
    }

    private void measure(Duration time, @Nullable String missing) throws Exception {
        List<Used> before = new ArrayList<>();
        for (Measured measured : programs) {
            before.add(Used.by(measured.program()));
        }
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
        Table table = new Table(NAME, "without requests", "CPU, % of a core", "wake-ups/s", "MiB resident");
        Targets targets = new Targets(NAME + "-targets");
        for (int i = 0; i < programs.size(); i++) {
            Measured measured = programs.get(i);
            Used after = Used.by(measured.program());
            double percent = 100.0 * after.cpu().minus(before.get(i).cpu()).toNanos() / time.toNanos();
            double wakeUps = after.wakeUpsSince(before.get(i)) / time.toSeconds();
            table.row(
                    measured.name(),
                    "%.2f".formatted(percent),
                    "%.1f".formatted(wakeUps),
                    "%.0f".formatted(measured.program().residentMib()));
            targets.atMost(measured.name() + ": % of a core", percent, measured.maxPercent());
            targets.atMost(measured.name() + ": wake-ups per second", wakeUps, 60);
        }
        if (missing != null) {
            table.note("Without nodes: " + missing + ".");
        }
        table.publish();
        targets.publish();
    }
}
