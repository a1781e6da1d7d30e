package org.epmpulse.changes;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.support.DefaultConsumer;
import org.epmpulse.status.StatusChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends messages to the route of a listener. For the thread of the listener. */
final class ChangeSender {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChangesConsumer.class);

    private final StatusChangesEndpoint endpoint;
    private final DefaultConsumer consumer;

    ChangeSender(StatusChangesEndpoint endpoint, DefaultConsumer consumer) {
        this.endpoint = endpoint;
        this.consumer = consumer;
    }

    /**
     * Sends a message. Logs what the route throws.
     *
     * @param all at least one; exactly one without an interval
     * @return whether the route has processed it, or has handled its failure
     */
    boolean send(List<StatusChange> all) {
        long revision = all.get(0).revision();
        try {
            return send(endpoint.getInterval().isZero() ? all.get(0) : all, revision);
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "Listener {} failed at revision {}; it continues with {} change",
                    endpoint.getName(),
                    revision,
                    endpoint.isDurable() ? "the same" : "the next",
                    e);
            return false;
        }
    }

    /** @param revision of the first change in the body */
    private boolean send(Object body, long revision) {
        Exchange exchange = consumer.createExchange(false);
        try {
            exchange.getIn().setBody(body);
            consumer.getProcessor().process(exchange);
        } catch (Exception | Error e) {
            exchange.setException(e);
        }
        try {
            handleUnreported(exchange, revision);
            return !exchange.isFailed();
        } finally {
            consumer.releaseExchange(exchange, false);
        }
    }

    /**
     * Handles a failure after the exchange was reported as complete, as camel-slack before 4.18.3 causes when Slack
     * refuses.
     */
    private void handleUnreported(Exchange exchange, long revision) {
        Exception failure = exchange.getException();
        if (failure != null && exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) != failure) {
            consumer.getExceptionHandler()
                    .handleException(
                            endpoint.getEndpointUri() + ": processing of revision " + revision + " failed",
                            exchange,
                            failure);
        }
    }
}
