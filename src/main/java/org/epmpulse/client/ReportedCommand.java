package org.epmpulse.client;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command and posts Loading while it runs, then OK, or Warning if it does not exit with 0 or got a signal. The
 * command gets its input, output, signals and exit code as if it were run without this.
 *
 * @param settings where the statuses are sent
 * @param update the fields of each update by their names in the API
 * @param messageFromStderr whether the message of a Warning has the last line of standard error
 * @param log gets each failure as one line
 */
public record ReportedCommand(
        ClientSettings settings, Map<String, String> update, boolean messageFromStderr, Consumer<String> log) {

    private static final String LINE_OF_URL =
            "EPMPulse: the address of the log is left out: it must begin with https:// and have at most 500 characters";

    /** Copies the fields, and leaves out a wrong address, which must not lose the status. */
    public ReportedCommand {
        Map<String, String> fields = new LinkedHashMap<>(update);
        String url = fields.getOrDefault("url", "");
        if (!url.isEmpty() && (!url.startsWith("https://") || url.length() > 500)) {
            log.accept(LINE_OF_URL);
            fields.remove("url");
        }
        update = fields;
    }

    /**
     * Runs a command whose end is reported to nobody. Returns its exit code.
     *
     * @param log gets the reason if it cannot be started
     */
    public static int runUnreported(List<String> command, Consumer<String> log) throws InterruptedException {
        return started(command, false, log).waitFor();
    }

    /** Sends what the spool holds. */
    public static void flush(ClientSettings settings, Consumer<String> log) throws InterruptedException {
        try (StatusClient client = new StatusClient(settings, log)) {
            client.flush(client.end());
        }
    }

    /**
     * Runs a command. Its start is not delayed, its end by the deadline of the settings at most.
     *
     * @return its exit code; 127 if it was not found
     */
    public int run(List<String> command) throws InterruptedException {
        WatchedCommand running = started(command, messageFromStderr, log);
        Instant began = Instant.now();
        long start = System.nanoTime();
        try (StatusClient client = new StatusClient(settings, log)) {
            StatusRequest loading = request("Loading", "", began);
            Thread poster = new Thread(() -> post(client, loading, client.end()), "epmpulse-loading");
            poster.setDaemon(true);
            poster.start();
            int code = running.waitFor();
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            // Not by the wall clock: set back meanwhile, it would make the end older than the start.
            Instant ended = began.plus(duration);
            long end = client.end();
            poster.join(settings.deadline().toMillis());
            boolean ok = code == 0 && running.signal() == null;
            client.post(request(ok ? "OK" : "Warning", message(running, code, duration), ended), end);
            return code;
        }
    }

    private static WatchedCommand started(List<String> command, boolean keepLastLine, Consumer<String> log) {
        WatchedCommand started = WatchedCommand.start(command, keepLastLine);
        if (started.problem() != null) {
            log.accept(command.get(0) + ": " + started.problem());
        }
        return started;
    }

    private static void post(StatusClient client, StatusRequest request, long end) {
        try {
            client.post(request, end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private StatusRequest request(String status, String message, Instant time) {
        Map<String, String> fields = new LinkedHashMap<>(update);
        fields.put("status", status);
        fields.put("message", message);
        return StatusRequest.of(fields, time);
    }

    private static String message(WatchedCommand ended, int code, Duration duration) {
        String signal = ended.signal();
        if (code == 0 && signal == null) {
            return ended.name() + " ended after " + text(duration);
        }
        @Nullable String problem = ended.problem();
        String why = problem == null ? ended.lastLine() : problem;
        return ended.name() + " ended with exit code " + code + (signal == null ? "" : " (" + signal + ")") + " after "
                + text(duration) + (why.isEmpty() ? "" : ": " + why);
    }

    /** Such as 1 h 12 min, 12 min 30 s or 4 s. */
    private static String text(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }
}
