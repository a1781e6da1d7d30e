package org.epmpulse.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.parsetools.RecordParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * From a POST to the event at 1,000 connected readers, and what they cost a POST. Readers, poster and program share the
 * machine. Takes a minute and prints a table.
 */
public final class EventsBenchmark {

    private static final int READERS = 1_000;
    private static final int POSTS = 200;
    private static final int DOMAINS = 15;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Pattern SENT = Pattern.compile("sent (\\d+)");

    private EventsBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        String domains = IntStream.range(0, DOMAINS)
                .mapToObj(i -> "\"D" + i + "\"")
                .collect(Collectors.joining(","));
        String apps = "{\"apps\": {\"Planning\": {\"domains\": [" + domains + "]}}}";
        try (Program program = Program.start(apps, Map.of())) {
            posts(program);
            System.out.println("| | p50 ms | p99 ms | most ms |");
            System.out.println("|---|---|---|---|");
            row("POST, no readers", posts(program));
            ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
            connect(program, latencies);
            row("POST, " + READERS + " readers", posts(program));
            TimeUnit.SECONDS.sleep(2);
            row("POST to event, " + READERS + " readers", List.copyOf(latencies));
            System.out.printf("%n%d of %d events came%n", latencies.size(), (long) READERS * POSTS);
        }
    }

    /** All on one thread, so that the readers take as little of the machine as they can. */
    private static void connect(Program program, ConcurrentLinkedQueue<Long> latencies) throws Exception {
        HttpClient http = Vertx.vertx()
                .createHttpClient(new HttpClientOptions().setMaxPoolSize(READERS).setKeepAlive(true));
        AtomicInteger connected = new AtomicInteger();
        RequestOptions stream = new RequestOptions()
                .setAbsoluteURI(program.uri("/api/v1/events").toString())
                .putHeader("X-API-Key", Program.KEY);
        for (int i = 0; i < READERS; i++) {
            http.request(stream)
                    .compose(HttpClientRequest::send)
                    .onSuccess(reply -> {
                        if (reply.statusCode() != 200) {
                            throw new IllegalStateException("HTTP " + reply.statusCode());
                        }
                        connected.incrementAndGet();
                        reply.handler(RecordParser.newDelimited("\n", line -> read(line.toString(), latencies)));
                    })
                    .onFailure(Throwable::printStackTrace);
        }
        while (connected.get() < READERS) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static void read(String line, ConcurrentLinkedQueue<Long> latencies) {
        Matcher sent = SENT.matcher(line);
        if (sent.find()) {
            latencies.add(System.nanoTime() - Long.parseLong(sent.group(1)));
        }
    }

    /** How long each took. */
    private static List<Long> posts(Program program) throws InterruptedException {
        List<Long> latencies = new ArrayList<>();
        for (int i = 0; i < POSTS; i++) {
            long start = System.nanoTime();
            program.post(
                    "/api/v1/status",
                    "{\"app\":\"Planning\",\"domain\":\"D%d\",\"status\":\"OK\",\"message\":\"sent %d\"}"
                            .formatted(i % DOMAINS, start));
            latencies.add(System.nanoTime() - start);
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
        return latencies;
    }

    private static void row(String what, List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "| %s | %.1f | %.1f | %.1f |%n",
                what, at(sorted, 50), at(sorted, 99), Arrays.stream(sorted).max().orElse(0) / 1e6);
    }

    private static double at(long[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
    }
}
