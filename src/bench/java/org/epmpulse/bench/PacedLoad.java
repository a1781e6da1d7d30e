package org.epmpulse.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Posts updates at a constant rate from one thread, independent of the replies. The latency is measured from the time the
 * post was due, so a stall of the program affects all posts due during it.
 */
final class PacedLoad implements AutoCloseable {

    private static final int DIGITS = 3;
    private static final long POLL_MILLIS = 10;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Recorder micros = new Recorder(DIGITS);
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private final HttpClient http;
    private final RequestOptions post;
    private final int domains;
    private final double nanosBetween;
    private final long start;

    /** Used by the event loop only. */
    private int sent;

    private volatile boolean stopped;

    private PacedLoad(Program program, int connections, int domains, double perSecond) {
        this.http = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(connections));
        this.post = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(program.uri("/api/v1/status").toString())
                .putHeader("Content-Type", "application/json")
                .putHeader("X-API-Key", Program.KEY);
        this.domains = domains;
        this.nanosBetween = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.start = System.nanoTime();
    }

    static PacedLoad start(Program program, int connections, int domains, double perSecond) {
        PacedLoad load = new PacedLoad(program, connections, domains, perSecond);
        load.vertx.setPeriodic(1, timer -> {
            if (load.stopped) {
                load.vertx.cancelTimer(timer);
            } else {
                load.sendDue();
            }
        });
        return load;
    }

    private void sendDue() {
        long now = System.nanoTime();
        for (long due = due(); due <= now; due = due()) {
            send(sent, due);
            sent++;
        }
    }

    private long due() {
        return start + (long) (sent * nanosBetween);
    }

    private void send(int number, long due) {
        int run = number / domains;
        String body =
                "{\"app\":\"App\",\"domain\":\"D%d\",\"status\":\"%s\",\"job_id\":\"PACED_%d\",\"message\":\"file %d of the night\"}"
                        .formatted(number % domains, run % 2 == 0 ? "Loading" : "OK", run / 2, number);
        unanswered.incrementAndGet();
        http.request(post)
                .compose(request -> request.send(Buffer.buffer(body)))
                .compose(reply -> reply.end().map(nothing -> reply.statusCode()))
                .onComplete(status -> {
                    unanswered.decrementAndGet();
                    micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due));
                    if (status.failed() || status.result() != 200) {
                        failures.incrementAndGet();
                    }
                });
    }

    /** The 99th percentile of the latency since the last call, in milliseconds. */
    double p99Millis() {
        return micros.getIntervalHistogram().getValueAtPercentile(99) / 1e3;
    }

    /** The latency since the last call, in microseconds. */
    Histogram micros() {
        return micros.getIntervalHistogram();
    }

    /**
     * Stops posting and waits for the replies, because the slowest ones belong to the result.
     *
     * @return the number of posts without a reply
     */
    long finish(Duration atMost) throws InterruptedException {
        stopped = true;
        long end = System.nanoTime() + atMost.toNanos();
        while (unanswered.get() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return unanswered.get();
    }

    /** The number of failed posts. */
    long failures() {
        return failures.get();
    }

    @Override
    public void close() {
        stopped = true;
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
