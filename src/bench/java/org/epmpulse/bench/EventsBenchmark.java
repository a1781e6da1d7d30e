package org.epmpulse.bench;

import io.vertx.core.parsetools.RecordParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The delay from a POST to the event at 1,000 connected readers, and the cost of the readers for a POST. */
@Command(
        name = "events",
        description = "Measure the delay from a POST to the event at 1,000 readers. Takes a minute.",
        mixinStandardHelpOptions = true)
final class EventsBenchmark implements Callable<Integer> {

    private static final int DOMAINS = 15;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Much longer than the flush interval. */
    private static final Duration WAIT_FOR_LAST_EVENTS = Duration.ofSeconds(2);

    private static final Pattern SENT = Pattern.compile("sent (\\d+)");

    @Option(names = "--quick", description = "Use few posts and readers.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        int count = quick ? 100 : 1_000;
        int posts = quick ? 20 : 200;
        Table table = new Table("events", "", "p50 ms", "p99 ms", "max ms");
        try (Program program = Program.start(Program.apps(DOMAINS), Map.of())) {
            post(program, posts);
            row(table, "POST, no readers", post(program, posts));
            ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
            program.onClose(EventReaders.connect(
                    program,
                    count,
                    () -> RecordParser.newDelimited("\n", line -> recordLatency(line.toString(), latencies)))::close);
            row(table, "POST, %,d readers".formatted(count), post(program, posts));
            TimeUnit.MILLISECONDS.sleep(WAIT_FOR_LAST_EVENTS.toMillis());
            row(table, "POST to event, %,d readers".formatted(count), List.copyOf(latencies));
            table.note("%,d of %,d events were received.".formatted(latencies.size(), count * posts));
        }
        table.publish();
        return 0;
    }

    private static void recordLatency(String line, ConcurrentLinkedQueue<Long> latencies) {
        Matcher sent = SENT.matcher(line);
        if (sent.find()) {
            latencies.add(System.nanoTime() - Long.parseLong(sent.group(1)));
        }
    }

    /** Returns the duration of each post in nanoseconds. */
    private static List<Long> post(Program program, int posts) throws InterruptedException {
        List<Long> latencies = new ArrayList<>();
        for (int i = 0; i < posts; i++) {
            long start = System.nanoTime();
            program.post(
                    "/api/v1/status",
                    "{\"app\":\"App\",\"domain\":\"D%d\",\"status\":\"OK\",\"message\":\"sent %d\"}"
                            .formatted(i % DOMAINS, start));
            latencies.add(System.nanoTime() - start);
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
        return latencies;
    }

    private static void row(Table table, String what, List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        table.row(what, millis(sorted, 50), millis(sorted, 99), millis(sorted, 100));
    }

    private static String millis(long[] sorted, int percent) {
        return sorted.length == 0
                ? "-"
                : "%.1f".formatted(sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6);
    }
}
