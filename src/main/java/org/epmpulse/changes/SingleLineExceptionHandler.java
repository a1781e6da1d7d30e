package org.epmpulse.changes;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Camel's default logs a stack trace, which does not help when a target refuses a message. Thread-safe. */
final class SingleLineExceptionHandler implements ExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChangesConsumer.class);

    @Override
    public void handleException(Throwable failure) {
        LOG.error("Listener failed: {}", failure.toString());
    }

    @Override
    public void handleException(String message, Throwable failure) {
        LOG.error("{}: {}", message, failure.toString());
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable failure) {
        handleException(message, failure);
    }
}
