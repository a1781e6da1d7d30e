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

/** Connected readers of {@code GET /api/v1/events}, all on one thread to use little CPU. */
final class EventReaders implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();

    private EventReaders() {}

    /**
     * Connects the readers and waits until all are connected.
     *
     * @param handler creates the handler of a reader, which is called on the common thread with each received buffer
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
                    .onSuccess(response -> {
                        if (response.statusCode() == 200) {
                            connecting.countDown();
                        }
                        response.handler(handler.get());
                    })
                    .onFailure(failure -> System.err.println("A reader failed: " + failure));
        }
        if (!connecting.await(CONNECT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
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
