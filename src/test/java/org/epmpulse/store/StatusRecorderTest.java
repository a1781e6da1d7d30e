package org.epmpulse.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.status.WarnedEntries;
import org.epmpulse.status.Warnings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class StatusRecorderTest {

    private final TestingStatusStore store = new TestingStatusStore(InstantSource.system());
    private final StatusRecorder recorder = new StatusRecorder(
            new UpdateValidator(
                    new Catalog(Map.of("FCCS", new Catalog.App("FCCS", "FCCS", Set.of("Close"), List.of(), false)))),
            store,
            new SimpleMeterRegistry());

    @AfterEach
    void clear() {
        MDC.clear();
    }

    private static Submission submission(Warnings warnings) {
        StatusUpdate update = StatusUpdate.of("FCCS", null, "OK", null, null, null, null, null);
        return new Submission(List.of(update), false, null, warnings);
    }

    /** Runs this on another thread. */
    private static <T> T elsewhere(Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(task.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result.get(10, SECONDS);
    }

    /** The logging context of what follows an update; null if it is empty. */
    private @Nullable String contextAfterRecording(Warnings warnings) throws Exception {
        CompletableFuture<Void> gate = store.hold();
        CompletableFuture<String> seen = new CompletableFuture<>();
        recorder.record(submission(warnings)).whenComplete((entries, failure) -> seen.complete(MDC.get("request")));

        String left = elsewhere(() -> {
            gate.complete(null);
            return MDC.get("request");
        });

        assertThat(left).isNull();
        return seen.get(10, SECONDS);
    }

    @Test
    void theLoggingContextContinuesOnTheThreadThatCompletesTheUpdateAndIsRemovedThere() throws Exception {
        MDC.put("request", "1");

        assertThat(contextAfterRecording(Warnings.NONE)).isEqualTo("1");
        assertThat(MDC.get("request")).isEqualTo("1");
    }

    @Test
    void withoutALoggingContextThereIsNoneAfterwards() throws Exception {
        assertThat(contextAfterRecording(Warnings.NONE)).isNull();
        assertThat(contextAfterRecording(new Warnings(List.of("ignored"), Map.of())))
                .isNull();
    }

    @Test
    void theEntriesHaveTheWarningsOfTheSubmission() throws Exception {
        Warnings warnings = new Warnings(List.of("ignored"), Map.of());

        List<Entry> warned =
                recorder.record(submission(warnings)).toCompletableFuture().get(10, SECONDS);
        List<Entry> plain =
                recorder.record(submission(Warnings.NONE)).toCompletableFuture().get(10, SECONDS);

        assertThat(WarnedEntries.warnings(warned)).isEqualTo(warnings);
        assertThat(WarnedEntries.warnings(plain)).isEqualTo(Warnings.NONE);
        assertThat(plain).hasSize(1);
    }

    @Test
    void aFailureOfTheStoreIsPassedOn() throws Exception {
        StoreUnavailableException failure = new StoreUnavailableException("disk full", null);
        store.failWith(failure);

        for (Warnings warnings : List.of(Warnings.NONE, new Warnings(List.of("ignored"), Map.of()))) {
            CompletableFuture<List<Entry>> failed =
                    recorder.record(submission(warnings)).toCompletableFuture();

            assertThatThrownBy(() -> failed.get(10, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(failure);
        }
    }
}
