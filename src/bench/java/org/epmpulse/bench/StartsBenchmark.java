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

/** Start time and memory of the unpacked tarball, with the options and the class archive of an installation. */
@Command(
        name = "starts",
        description = "From the start of the process to its first 200, as installed and without the archive.",
        mixinStandardHelpOptions = true)
final class StartsBenchmark implements Callable<Integer> {

    private static final int DOMAINS = 15;

    @Option(names = "--quick", description = "Start each variant once, with a short wait.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        int times = quick ? 1 : 5;
        int waitSeconds = quick ? 1 : 10;
        Path folder = Program.newFolder();
        try {
            Path home = install(folder);
            Map<String, List<String>> variants = new LinkedHashMap<>();
            variants.put("`java -jar`", List.of());
            variants.put("`deploy/java.options` without the archive", Program.installedOptions(null));
            variants.put("`deploy/java.options`, as installed", Program.installedOptions(home.resolve("epmpulse.jsa")));
            Map<String, List<Double>> millis = new LinkedHashMap<>();
            Map<String, List<Double>> mib = new LinkedHashMap<>();
            for (int i = 0; i < times; i++) {
                for (Map.Entry<String, List<String>> variant : variants.entrySet()) {
                    Path data = Program.newFolder();
                    try (Program program =
                            Program.startInstalled(data, home, Program.apps(DOMAINS), variant.getValue())) {
                        TimeUnit.SECONDS.sleep(waitSeconds);
                        millis.computeIfAbsent(variant.getKey(), name -> new ArrayList<>())
                                .add((double) program.startTime().toMillis());
                        mib.computeIfAbsent(variant.getKey(), name -> new ArrayList<>())
                                .add(program.residentMib());
                    } finally {
                        Program.delete(data);
                    }
                }
            }
            Table table = new Table(
                    "starts",
                    "",
                    "ms to the first 200, median",
                    "max ms",
                    "MiB resident after %d s".formatted(waitSeconds));
            for (String variant : variants.keySet()) {
                List<Double> times200 = millis.getOrDefault(variant, List.of());
                table.row(
                        variant,
                        "%.0f".formatted(Median.of(times200.stream().mapToDouble(Double::doubleValue))),
                        "%.0f"
                                .formatted(times200.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .max()
                                        .orElseThrow()),
                        "%.0f"
                                .formatted(Median.of(mib.getOrDefault(variant, List.of()).stream()
                                        .mapToDouble(Double::doubleValue))));
            }
            table.publish();
        } finally {
            Program.delete(folder);
        }
        return 0;
    }

    /** Unpacks the tarball and creates its class archive, as {@code install.sh} does. */
    private static Path install(Path folder) throws IOException, InterruptedException {
        try (DirectoryStream<Path> tarballs = Files.newDirectoryStream(Path.of("target"), "epmpulse-*.tar.gz")) {
            for (Path tarball : tarballs) {
                // -m: with the current time, as install.sh does; Java compares the jars' times with the archive.
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
            throw new IllegalStateException(String.join(" ", command) + " exited with " + exitCode);
        }
    }
}
