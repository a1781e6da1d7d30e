package org.epmpulse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A client of {@code deploy/clients/}, run as a process to its end. */
record ClientProcess(int code, String out, String err) {

    private static final Path CLIENTS = Path.of("deploy/clients").toAbsolutePath();

    /** Debian's, because python3-requests is for that one. */
    static final String PYTHON = "/usr/bin/python3";

    static final Path PYTHON_CLIENT = CLIENTS.resolve("python/epmpulse.py");
    static final Path SHELL_CLIENT = CLIENTS.resolve("shell/epmpulse.sh");
    static final Path POWERSHELL_CLIENT = CLIENTS.resolve("powershell/epmpulse.ps1");

    static void requirePython() throws InterruptedException {
        Installed.require("python3-requests", Installed.works(List.of(PYTHON, "-c", "import requests")));
    }

    /** The environment of a client that posts to an address with the key of the tests. */
    static Map<String, String> settings(String address) {
        return new TreeMap<>(Map.of("EPMPULSE_URL", address, "EPMPULSE_API_KEY", PackagedProgram.KEY));
    }

    /**
     * Runs a command in a folder.
     *
     * @param settings what it has in its environment beside the {@code PATH}
     * @throws IllegalStateException if it does not end by itself
     */
    static ClientProcess run(Path folder, Map<String, String> settings, List<String> command) throws Exception {
        Path out = Files.createTempFile(folder, "client", ".out");
        Path err = Files.createTempFile(folder, "client", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment()
                .putAll(Map.of(
                        "HOME",
                        folder.toString(),
                        "LANG",
                        "C.UTF-8",
                        "PYTHONDONTWRITEBYTECODE",
                        "1",
                        "PYTHONPATH",
                        PYTHON_CLIENT.getParent().toString()));
        builder.environment().putAll(settings);
        Process process = builder.start();
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IllegalStateException("did not end: " + command);
        }
        return new ClientProcess(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
