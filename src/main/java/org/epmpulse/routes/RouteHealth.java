package org.epmpulse.routes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.BridgeExceptionHandlerToErrorHandler;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.LoggingExceptionHandler;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.camel.support.ScheduledPollConsumer;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which routes of the site fail, and since when: from a message that fails, or a source that cannot be read, to the next
 * success. A failure that the route handles is none, unless its handling fails, too. Routes that are called, such as by
 * HTTP, are left to their callers. Thread-safe.
 */
public final class RouteHealth implements RoutePolicyFactory {

    private static final Logger LOG = LoggerFactory.getLogger(RouteHealth.class);

    private static final Set<String> CALLED = Set.of("direct", "platform-http", "rest", "rest-api");

    private final Path shippedFolder;
    private final TimeSource clock;
    private final MeterRegistry meters;
    private final FailureLog log;
    private final Map<String, Policy> policies = new ConcurrentHashMap<>();

    /** @param shippedFolder the routes in it, but not below it, are those of EPMPulse */
    public RouteHealth(Path shippedFolder, TimeSource clock, MeterRegistry meters) {
        this.shippedFolder = shippedFolder;
        this.clock = clock;
        this.meters = meters;
        this.log = new FailureLog(clock);
    }

    /** Must be called before the context is started and its routes are added. */
    public void addTo(CamelContext context) {
        context.addRoutePolicyFactory(this);
        context.getManagementStrategy().addEventNotifier(new RouteFailures(log));
    }

    /** The failing routes, with when they began to fail, as a text for people; null if there are none. */
    public @Nullable String problem() {
        Map<String, Instant> failing = new TreeMap<>();
        policies.forEach((id, policy) -> {
            Instant since = policy.since();
            if (since != null) {
                failing.put(id, since);
            }
        });
        return failing.isEmpty()
                ? null
                : failing.entrySet().stream()
                        .map(route -> route.getKey() + " since " + route.getValue())
                        .collect(Collectors.joining(", "));
    }

    @Override
    public @Nullable RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return route instanceof RouteDefinition definition && isOfSite(definition) ? new Policy(routeId) : null;
    }

    private boolean isOfSite(RouteDefinition route) {
        if (route.getResource() == null) {
            // Created by a template, which only sites have.
            return true;
        }
        Path file = Path.of(route.getResource().getLocation().replaceFirst("^file:", ""));
        return !shippedFolder.equals(file.getParent());
    }

    /** Watches one route. */
    private final class Policy extends RoutePolicySupport implements ExceptionHandler {

        private final String id;
        private final Gauge gauge;
        private @Nullable Route watched;
        private @Nullable Instant messagesFail;
        private @Nullable Instant sourceFails;
        private long failures;

        Policy(String id) {
            this.id = id;
            this.gauge = Gauge.builder("epmpulse.route.failing", this, policy -> policy.since() == null ? 0 : 1)
                    .description("Whether a route of the site fails: 1 from a failure to the next success")
                    .tag("route", id)
                    .register(meters);
        }

        @Override
        public void onStart(Route route) {
            if (CALLED.contains(route.getEndpoint().getEndpointUri().split(":", 2)[0])) {
                return;
            }
            watched = route;
            policies.put(id, this);
            if (route.getConsumer() instanceof DefaultConsumer consumer) {
                ExceptionHandler handler = consumer.getExceptionHandler();
                if (handler instanceof LoggingExceptionHandler) {
                    consumer.setExceptionHandler(this);
                    throwIfNotConnected(route.getEndpoint());
                } else if (handler instanceof BridgeExceptionHandlerToErrorHandler) {
                    consumer.setExceptionHandler(new Bridge(this, handler));
                    throwIfNotConnected(route.getEndpoint());
                }
            }
            if (route.getConsumer() instanceof ScheduledPollConsumer consumer
                    && !(consumer.getPollStrategy() instanceof Poll)) {
                consumer.setPollStrategy(new Poll(this, consumer.getPollStrategy()));
            }
        }

        /**
         * By default, sources such as sftp only log that they cannot connect, and report a poll without files. See
         * <a href="https://camel.apache.org/components/4.18.x/sftp-component.html">Camel's documentation</a>.
         */
        private void throwIfNotConnected(Endpoint endpoint) {
            PropertyConfigurer options = endpoint.getComponent().getEndpointPropertyConfigurer();
            if (options != null) {
                options.configure(endpoint.getCamelContext(), endpoint, "throwExceptionOnConnectFailed", true, false);
            }
        }

        @Override
        public void onStop(Route route) {
            policies.remove(id, this);
        }

        @Override
        public void onRemove(Route route) {
            policies.remove(id, this);
            meters.remove(gauge);
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            if (route != watched || isOfSource(exchange)) {
                return;
            }
            Throwable failure = exchange.getException();
            if (failure instanceof NotActiveException) {
                return;
            }
            if (failure != null) {
                failed(true);
            } else if (isHandlingFailed(exchange)) {
                log.failed(
                        RouteFailures.location(exchange),
                        "handling a failure failed",
                        exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class));
                failed(true);
            } else {
                succeeded(true);
            }
        }

        /**
         * Whether a dead letter has failed itself; Camel then drops the message. The failure of the dead letter replaces
         * the one of the message, which becomes a suppressed one.
         */
        private boolean isHandlingFailed(Exchange exchange) {
            Throwable caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class);
            return exchange.getProperty(ExchangePropertyKey.FATAL_FALLBACK_ERROR_HANDLER) != null
                    && caught != null
                    && caught.getSuppressed().length > 0;
        }

        private synchronized void failed(boolean message) {
            failures++;
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            if (message) {
                messagesFail = messagesFail == null ? now : messagesFail;
            } else {
                sourceFails = sourceFails == null ? now : sourceFails;
            }
        }

        private synchronized void succeeded(boolean message) {
            Instant since = since();
            if (since == null) {
                return;
            }
            messagesFail = message ? null : messagesFail;
            // A message is also a sign that its source can be read.
            sourceFails = null;
            if (since() == null) {
                LOG.info("Route {}: works again after {} failures since {}", id, failures, since);
                failures = 0;
            }
        }

        synchronized @Nullable Instant since() {
            if (messagesFail == null || sourceFails == null) {
                return messagesFail == null ? sourceFails : messagesFail;
            }
            return messagesFail.isBefore(sourceFails) ? messagesFail : sourceFails;
        }

        @Override
        public void handleException(Throwable failure) {
            handleException("reading failed", failure);
        }

        /** The failure of a message that has been in the route is known. */
        @Override
        public void handleException(String message, @Nullable Exchange exchange, Throwable failure) {
            if (exchange == null || exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) == null) {
                handleException(message, failure);
            }
        }

        /** Of the consumer. */
        @Override
        public void handleException(String message, Throwable failure) {
            Route route = watched;
            log.failed(route == null ? "route " + id : RouteFailures.location(route), "source failed", failure);
            failed(false);
        }
    }

    /**
     * Also passes failures of a source on to the error handling of its route ({@code bridgeErrorHandler=true}). A source that
     * cannot be read is a failure also if the route handles it.
     */
    private record Bridge(Policy policy, ExceptionHandler route) implements ExceptionHandler {

        @Override
        public void handleException(Throwable failure) {
            handleException("reading failed", null, failure);
        }

        @Override
        public void handleException(String message, Throwable failure) {
            handleException(message, null, failure);
        }

        @Override
        public void handleException(String message, @Nullable Exchange exchange, Throwable failure) {
            policy.handleException(message, exchange, failure);
            route.handleException(message, exchange, failure);
        }
    }

    /** Whether a message is the failure of a source, also of one that has failed before the {@link Bridge} was in place. */
    static boolean isOfSource(Exchange exchange) {
        return exchange.getProperty(ExchangePropertyKey.ERRORHANDLER_BRIDGE) != null;
    }

    /** Learns of polls that succeed. */
    private record Poll(Policy policy, PollingConsumerPollStrategy strategy) implements PollingConsumerPollStrategy {

        @Override
        public boolean begin(Consumer consumer, Endpoint endpoint) {
            return strategy.begin(consumer, endpoint);
        }

        @Override
        public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
            strategy.commit(consumer, endpoint, polledMessages);
            policy.succeeded(false);
        }

        @Override
        public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception failure)
                throws Exception {
            return strategy.rollback(consumer, endpoint, retryCounter, failure);
        }
    }
}
