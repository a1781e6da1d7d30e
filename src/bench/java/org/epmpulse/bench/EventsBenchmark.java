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
            Delays delays = measure(program, program, count, posts);
            row(table, "POST, %,d readers".formatted(count), delays.posts());
            row(table, "POST to event, %,d readers".formatted(count), delays.events());
            table.note(
                    "%,d of %,d events were received.".formatted(delays.events().size(), count * posts));
        }
        table.publish();
        return 0;
    }

    /**
     * What was measured, in nanoseconds.
     *
     * @param posts durations of the posts
     * @param events time from each post to its event at each reader
     */
    record Delays(List<Long> posts, List<Long> events) {}

    /**
     * Posts to one program while readers are connected to the same or another one.
     *
     * @param readers number of readers
     * @param posts number of posts, ten a second
     */
    static Delays measure(Program posted, Program read, int readers, int posts) throws InterruptedException {
        ConcurrentLinkedQueue<Long> events = new ConcurrentLinkedQueue<>();
        try (EventReaders connected = EventReaders.connect(
                read, readers, () -> RecordParser.newDelimited("\n", line -> recordLatency(line.toString(), events)))) {
            List<Long> durations = post(posted, posts);
            TimeUnit.MILLISECONDS.sleep(WAIT_FOR_LAST_EVENTS.toMillis());
            return new Delays(durations, List.copyOf(events));
        }
    }

    private static void recordLatency(String line, ConcurrentLinkedQueue<Long> latencies) {
        Matcher sent = SENT.matcher(line);
        if (sent.find()) {
            latencies.add(System.nanoTime() - Long.parseLong(sent.group(1)));
        }
    }

    /** Returns the duration of each post in nanoseconds. */
    static List<Long> post(Program program, int posts) throws InterruptedException {
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

    /** Adds a row with the median, the 99th percentile and the maximum, in milliseconds. */
    static void row(Table table, String what, List<Long> nanos) {
        table.row(
                what,
                "%.1f".formatted(millis(nanos, 50)),
                "%.1f".formatted(millis(nanos, 99)),
                "%.1f".formatted(millis(nanos, 100)));
    }

    /** A percentile in milliseconds; NaN if there are no values. */
    static double millis(List<Long> nanos, int percent) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
    }
}
