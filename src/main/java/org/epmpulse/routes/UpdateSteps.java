package org.epmpulse.routes;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.AsyncProcessorSupport;
import org.epmpulse.api.StatusReplies;
import org.epmpulse.api.StatusRequests;
import org.epmpulse.http.Reply;
import org.epmpulse.security.RateLimits;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Submission;
import org.epmpulse.store.StatusRecorder;

/**
 * The steps of the routes that every update passes, as processors: for a method of a bean, Camel parses and binds the
 * arguments anew for each message, which was a tenth of the CPU of a POST. Thread-safe.
 */
public final class UpdateSteps {

    private UpdateSteps() {}

    /**
     * Binds {@code readUpdate} and {@code readBatch} (from the body of a request to a {@link Submission}), {@code
     * chargeUpdates} (as {@link RateLimits#updates}), {@code recordUpdates} (as {@link StatusRecorder#record}), {@code
     * updateReply} and {@code batchReply} (from the entries to a {@link Reply}).
     *
     * @param registry binds a name
     */
    public static void bind(
            BiConsumer<String, Processor> registry,
            StatusRequests requests,
            RateLimits limits,
            StatusRecorder recorder,
            StatusReplies replies) {
        registry.accept("readUpdate", read(requests::single));
        registry.accept("readBatch", read(requests::batch));
        registry.accept("chargeUpdates", charge(limits));
        registry.accept("recordUpdates", new Record(recorder));
        registry.accept("updateReply", reply(replies::single));
        registry.accept("batchReply", reply(replies::batch));
    }

    private static Processor read(BiFunction<byte[], Map<String, Object>, Submission> reader) {
        return exchange -> {
            Message message = exchange.getMessage();
            message.setBody(reader.apply(message.getBody(byte[].class), message.getHeaders()));
        };
    }

    private static Processor charge(RateLimits limits) {
        return exchange -> {
            Message message = exchange.getMessage();
            limits.updates(message.getMandatoryBody(Submission.class), message.getHeaders());
        };
    }

    @SuppressWarnings("unchecked")
    private static Processor reply(Function<List<Entry>, Reply> replies) {
        return exchange -> {
            Message message = exchange.getMessage();
            message.setBody(replies.apply(message.getMandatoryBody(List.class)));
        };
    }

    /** The route continues when the updates are on disk, on the thread that completes them. */
    private static final class Record extends AsyncProcessorSupport {

        private final StatusRecorder recorder;

        Record(StatusRecorder recorder) {
            this.recorder = recorder;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Message message = exchange.getMessage();
            try {
                recorder.record(message.getBody()).whenComplete((entries, failure) -> {
                    if (failure == null) {
                        message.setBody(entries);
                    } else {
                        exchange.setException(failure);
                    }
                    callback.done(false);
                });
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return failed(exchange, callback, e);
            } catch (RuntimeException e) {
                return failed(exchange, callback, e);
            }
        }

        private static boolean failed(Exchange exchange, AsyncCallback callback, Exception failure) {
            exchange.setException(failure);
            callback.done(true);
            return true;
        }
    }
}
