package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.epmpulse.cli.RunningService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SIGTERM at the end of the start. */
class StopWhileStartingTest {

    @TempDir
    private Path folder;

    private static int ready(RunningService service) {
        URI probe = URI.create("http://" + service.address() + "/health/ready");
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(probe).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Otherwise a SIGTERM directly after it is ready would end the process without a stop of its parts. */
    @Test
    void theStopWithTheProcessIsPreparedBeforeItIsReadyAndStopsAllParts() throws Exception {
        AtomicInteger before = new AtomicInteger();
        AtomicReference<CompletableFuture<Void>> stop = new AtomicReference<>();
        try (TestingEpmPulse epmPulse =
                new TestingEpmPulse(folder, "{\"apps\":{\"FCCS\":{\"domains\":[\"Close\"]}}}")) {
            epmPulse.start(service -> {
                before.set(ready(service));
                stop.set(CompletableFuture.runAsync(service::close));
            });
            stop.get().get(30, TimeUnit.SECONDS);

            assertThat(before).hasValue(503);
            assertThatThrownBy(() -> epmPulse.get("/health/ready")).isInstanceOf(UncheckedIOException.class);

            // The data folder is free again.
            epmPulse.start();
            assertThat(epmPulse.status("FCCS", "Close", "OK", "again")).isEqualTo(1);
        }
    }
}
