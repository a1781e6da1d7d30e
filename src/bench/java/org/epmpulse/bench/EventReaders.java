package org.epmpulse.bench;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Connected readers of {@code GET /api/v1/events}, all on one thread, so that they take as little as they can. */
final class EventReaders implements AutoCloseable {

    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();

    private EventReaders() {}

    /**
     * Connects them and waits for it.
     *
     * @param handler makes one for each, which gets what comes piece by piece, on the thread of all
     */
    static EventReaders connect(Program program, int count, Supplier<Handler<Buffer>> handler)
            throws InterruptedException {
        EventReaders readers = new EventReaders();
        HttpClient http = readers.vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(count));
        CountDownLatch connecting = new CountDownLatch(count);
        RequestOptions stream = new RequestOptions()
                .setAbsoluteURI(program.uri("/api/v1/events").toString())
                .putHeader("X-API-Key", Program.KEY);
        for (int i = 0; i < count; i++) {
            http.request(stream)
                    .compose(HttpClientRequest::send)
                    .onSuccess(reply -> {
                        if (reply.statusCode() == 200) {
                            connecting.countDown();
                        }
                        reply.handler(handler.get());
                    })
                    .onFailure(failure -> System.err.println("a reader: " + failure));
        }
        if (!connecting.await(CONNECTED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            readers.close();
            throw new IllegalStateException(connecting.getCount() + " of " + count + " readers did not connect");
        }
        return readers;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
