package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long a start takes and what memory it needs, of the tarball with the options and the archive of an install. */
@Command(
        name = "starts",
        description = "From the start of the process to its first 200, as installed and without the archive.",
        mixinStandardHelpOptions = true)
final class StartsBenchmark implements Callable<Integer> {

    private static final int DOMAINS = 15;

    @Option(names = "--quick", description = "Start each once, and do not wait long.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        int times = quick ? 1 : 5;
        int settling = quick ? 1 : 10;
        Path folder = Program.newFolder();
        try {
            Path home = install(folder);
            Map<String, List<String>> kinds = new LinkedHashMap<>();
            kinds.put("`java -jar`", List.of());
            kinds.put("`deploy/java.options` without the archive", Program.installedOptions(null));
            kinds.put("`deploy/java.options`, as installed", Program.installedOptions(home.resolve("epmpulse.jsa")));
            Map<String, List<Double>> millis = new LinkedHashMap<>();
            Map<String, List<Double>> mib = new LinkedHashMap<>();
            for (int i = 0; i < times; i++) {
                for (Map.Entry<String, List<String>> kind : kinds.entrySet()) {
                    Path data = Program.newFolder();
                    try (Program program = Program.startInstalled(data, home, Program.apps(DOMAINS), kind.getValue())) {
                        TimeUnit.SECONDS.sleep(settling);
                        millis.computeIfAbsent(kind.getKey(), name -> new ArrayList<>())
                                .add((double) program.startTime().toMillis());
                        mib.computeIfAbsent(kind.getKey(), name -> new ArrayList<>())
                                .add(program.residentMib());
                    } finally {
                        Program.delete(data);
                    }
                }
            }
            Table table = new Table(
                    "starts",
                    "",
                    "to the first 200, median ms",
                    "longest ms",
                    "MiB resident after %d s".formatted(settling));
            for (String kind : kinds.keySet()) {
                List<Double> times200 = millis.getOrDefault(kind, List.of());
                table.row(
                        kind,
                        "%.0f".formatted(Median.of(times200.stream().mapToDouble(Double::doubleValue))),
                        "%.0f"
                                .formatted(times200.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .max()
                                        .orElseThrow()),
                        "%.0f"
                                .formatted(Median.of(mib.getOrDefault(kind, List.of()).stream()
                                        .mapToDouble(Double::doubleValue))));
            }
            table.publish();
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    /** Unpacks the tarball and makes its archive, as {@code install.sh} does. */
    private static Path install(Path folder) throws IOException, InterruptedException {
        try (DirectoryStream<Path> tarballs = Files.newDirectoryStream(Path.of("target"), "epmpulse-*.tar.gz")) {
            for (Path tarball : tarballs) {
                // Not with the times of the tarball, as an install: by them Java tells whether the archive fits.
                run("tar", "-xzmf", tarball.toString(), "-C", folder.toString(), "--strip-components=1");
            }
        }
        run(
                "sh",
                folder.resolve("deploy/fast-start.sh").toString(),
                Program.javaCommand().toString());
        return folder;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exitCode != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + exitCode);
        }
    }
}
