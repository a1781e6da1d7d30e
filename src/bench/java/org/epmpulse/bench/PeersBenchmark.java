package org.epmpulse.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Compares POST with the minimal server and with Prometheus Alertmanager, which keeps its alerts in memory, has no keys
 * and writes its files every 15 minutes.
 */
@Command(
        name = "peers",
        description = "Compare POST with a minimal server and, where it is installed, Prometheus Alertmanager.",
        mixinStandardHelpOptions = true)
final class PeersBenchmark implements Callable<Integer> {

    private static final String NAME = "peers";
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    /** The name of the program in Debian's package, and in the archive of its makers. */
    private static final List<String> ALERTMANAGER = List.of("prometheus-alertmanager", "alertmanager");

    @Mixin
    private RoundOptions options = new RoundOptions();

    private final Map<String, Double> residentMib = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        InterleavedMeasurement measurement = new InterleavedMeasurement(NAME, options, options.measured(10));
        InterleavedMeasurement.Entry reference = measurement
                .runner(Program::startMinimalServer)
                .entry("minimal server, on disk", posts("minimal server"));
        InterleavedMeasurement.Entry alertmanager = alertmanager(measurement);
        InterleavedMeasurement.Entry epmPulse = measurement
                .runner(() -> Program.start(Program.apps(DOMAINS), Map.of()))
                .entry("EPMPulse, on disk", posts("EPMPulse"));
        measurement.run();
        Comparison comparison =
                new Comparison(NAME, "POST, " + CONNECTIONS + " connections", "requests", "minimal", "MiB resident");
        comparison.row(reference, reference, resident("minimal server"));
        if (alertmanager != null) {
            comparison.row(alertmanager, reference, resident("Alertmanager"));
        }
        comparison.row(epmPulse, reference, resident("EPMPulse"));
        if (alertmanager == null) {
            comparison.note("Alertmanager is not installed.");
        }
        comparison.publish();
        return 0;
    }

    private InterleavedMeasurement.@Nullable Entry alertmanager(InterleavedMeasurement measurement) {
        return installed()
                .map(command -> measurement
                        .runner(() -> Program.startAlertmanager(command))
                        .entry(
                                "Alertmanager, in memory",
                                remembered(
                                        "Alertmanager",
                                        (program, time) -> Wrk.alerts(program, CONNECTIONS, DOMAINS, time))))
                .orElse(null);
    }

    private static Optional<Path> installed() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .flatMap(folder -> ALERTMANAGER.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private InterleavedMeasurement.Load<Program> posts(String name) {
        return remembered(name, (program, time) -> Wrk.post(program, CONNECTIONS, DOMAINS, time));
    }

    /** A load that remembers the memory of the program at its end. */
    private InterleavedMeasurement.Load<Program> remembered(String name, InterleavedMeasurement.Load<Program> load) {
        return (Program program, Duration time) -> {
            Wrk.Result result = load.on(program, time);
            remember(name, program);
            return result;
        };
    }

    private void remember(String name, Program program) throws IOException {
        residentMib.merge(name, program.residentMib(), Math::max);
    }

    private String resident(String name) {
        return "%.0f".formatted(residentMib.getOrDefault(name, Double.NaN));
    }
}
