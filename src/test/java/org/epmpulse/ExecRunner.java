package org.epmpulse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The programs that run a command and post its status, each as a process of its own. */
enum ExecRunner {
    PYTHON(ClientProcess.PYTHON, ClientProcess.PYTHON_CLIENT.toString(), "exec"),
    DASH("dash", ClientProcess.SHELL_CLIENT.toString(), "exec"),
    BASH("bash", ClientProcess.SHELL_CLIENT.toString(), "exec"),
    MKSH("mksh", ClientProcess.SHELL_CLIENT.toString(), "exec"),
    BUSYBOX("busybox", "sh", ClientProcess.SHELL_CLIENT.toString(), "exec"),
    JAVA(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-jar",
            Path.of("target/epmpulse.jar").toAbsolutePath().toString(),
            "exec"),
    POWERSHELL("pwsh", "-NoProfile", "-File", ClientProcess.POWERSHELL_CLIENT.toString(), "exec");

    private final List<String> program;

    ExecRunner(String... program) {
        this.program = List.of(program);
    }

    /** A process that has been started. */
    record Running(Process process, Path out, Path err) {

        /** Waits for its end. */
        Ended await() throws Exception {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IllegalStateException("did not end: " + text(err));
            }
            return new Ended(process.exitValue(), Files.readAllBytes(out), text(err));
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    record Ended(int code, byte[] bytes, String err) {

        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Skips the test if the program is not installed. PowerShell is not a Debian package, so CI need not have it. */
    ExecRunner require() throws InterruptedException {
        switch (this) {
            case PYTHON -> ClientProcess.requirePython();
            case JAVA -> {}
            case POWERSHELL ->
                Assumptions.assumeTrue(
                        Installed.works(List.of("pwsh", "-NoProfile", "-Command", "exit 0")), "skipped: requires pwsh");
            case BUSYBOX -> Installed.require("busybox", Installed.works(List.of("busybox", "sh", "-c", "exit 0")));
            default -> Installed.require(program.get(0), Installed.works(List.of(program.get(0), "-c", "exit 0")));
        }
        return this;
    }

    /** The words of a command line that runs a command. */
    List<String> commandLine(List<String> options, String... command) {
        List<String> words = new ArrayList<>(program);
        words.addAll(options);
        words.add("--");
        words.addAll(List.of(command));
        return words;
    }

    /**
     * Starts a command.
     *
     * @param input is read by the command
     */
    static Running start(Path folder, Map<String, String> settings, Path input, List<String> commandLine)
            throws IOException {
        Path out = Files.createTempFile(folder, "exec", ".out");
        Path err = Files.createTempFile(folder, "exec", ".err");
        ProcessBuilder builder = new ProcessBuilder(commandLine)
                .directory(folder.toFile())
                .redirectInput(input.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("HOME", folder.toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }
}
