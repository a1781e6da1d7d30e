package org.epmpulse.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/** Describes the machine of a measurement. */
final class Machine {

    private Machine() {}

    /** Processor, memory, disk, Java, source revision and load of the machine, in one line. */
    static String describe() throws IOException, InterruptedException {
        return "%d cores (%s), %d MiB, %s %s, %s; Java %s (%s), programs with %s and deploy/java.options; sources %s; %s, load %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        value("/proc/cpuinfo", "model name"),
                        Long.parseLong(value("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        Files.getFileStore(Program.folders()).type(),
                        System.getProperty("java.version"),
                        System.getProperty("java.vm.name"),
                        Program.HEAP,
                        revision(),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
    }

    private static String value(String file, String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static String revision() throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String revision = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? revision : "unknown";
    }
}
