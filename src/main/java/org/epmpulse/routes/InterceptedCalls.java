package org.epmpulse.routes;

import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.Route;
import org.apache.camel.spi.EndpointStrategy;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.PollingConsumerSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Keeps routes from sending messages to other systems, to files and to Slack: a listener gets them instead, and the route
 * goes on with the message as it is. Nothing connects to the other system. Steps that call Java or a script are not
 * affected. Thread-safe.
 */
public final class InterceptedCalls implements EndpointStrategy {

    /** Schemes of endpoints that stay within the process. */
    private static final Set<String> INTERNAL = Set.of(
            "alerts",
            "bean",
            "browse",
            "canvas-edits",
            "class",
            "controlbus",
            "dataformat",
            "direct",
            "epm-polls",
            "language",
            "log",
            "micrometer",
            "mock",
            "platform-http",
            "quartz",
            "ref",
            "rest",
            "rest-api",
            "saga",
            "scheduler",
            "seda",
            "status-changes",
            "stub",
            "timer",
            "validator",
            "xslt");

    private final Set<String> simulated;
    private final Predicate<@Nullable Route> intercepted;
    private final Listener listener;

    /** Gets the messages that are not sent. Must be thread-safe. */
    @FunctionalInterface
    public interface Listener {

        /**
         * A route is at a step that would send a message.
         *
         * @param route null if it is not known
         * @param uri of the endpoint, with its secrets
         */
        void intercept(@Nullable Route route, String uri, Exchange message);
    }

    /**
     * @param simulated further schemes that are not intercepted
     * @param intercepted which routes send nothing; null stands for a route that is not known
     */
    public InterceptedCalls(Set<String> simulated, Predicate<@Nullable Route> intercepted, Listener listener) {
        this.simulated = Set.copyOf(simulated);
        this.intercepted = intercepted;
        this.listener = listener;
    }

    /** Whether an endpoint connects to another system, or reads or writes files. */
    public static boolean isExternal(String uri) {
        return !INTERNAL.contains(scheme(uri));
    }

    private static String scheme(String uri) {
        return uri.split("[:?]", 2)[0];
    }

    /** Must be called before the routes are created. */
    public void addTo(CamelContext context) {
        context.getCamelContextExtension().registerEndpointCallback(this);
    }

    @Override
    public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
        String original = endpoint.getEndpointUri();
        return isExternal(original) && !simulated.contains(scheme(original)) ? new Intercepted(endpoint) : endpoint;
    }

    /** An endpoint with which only the routes that are not intercepted connect. */
    private final class Intercepted extends DefaultEndpoint {

        private final Endpoint original;

        Intercepted(Endpoint original) {
            super(original.getEndpointUri(), null);
            this.original = original;
            setCamelContext(original.getCamelContext());
        }

        @Override
        public Producer createProducer() {
            return new InterceptingProducer(this, original);
        }

        @Override
        public Consumer createConsumer(Processor processor) throws Exception {
            return original.createConsumer(processor);
        }

        /** For {@code pollEnrich}. */
        @Override
        public PollingConsumer createPollingConsumer() {
            return new NothingToPoll(this);
        }

        @Override
        public boolean isLenientProperties() {
            return original.isLenientProperties();
        }

        @Override
        public boolean isSingleton() {
            return original.isSingleton();
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            ServiceHelper.startService(original);
        }

        @Override
        protected void doStop() throws Exception {
            ServiceHelper.stopService(original);
            super.doStop();
        }
    }

    private final class InterceptingProducer extends DefaultProducer {

        private final Endpoint original;
        private @Nullable Producer delegate;

        InterceptingProducer(Endpoint endpoint, Endpoint original) {
            super(endpoint);
            this.original = original;
        }

        @Override
        public void process(Exchange exchange) throws Exception {
            Route route = route(exchange);
            if (intercepted.test(route)) {
                listener.intercept(route, original.getEndpointUri(), exchange);
            } else {
                delegate().process(exchange);
            }
        }

        private synchronized Producer delegate() throws Exception {
            Producer existing = delegate;
            if (existing == null) {
                existing = original.createProducer();
                ServiceHelper.startService(existing);
                delegate = existing;
            }
            return existing;
        }

        @Override
        protected synchronized void doStop() throws Exception {
            ServiceHelper.stopService(delegate);
            super.doStop();
        }
    }

    /** The route that is at the step; null if it is not known. */
    private static @Nullable Route route(Exchange exchange) {
        UnitOfWork work = exchange.getUnitOfWork();
        Route current = work == null ? null : work.getRoute();
        String from = exchange.getFromRouteId();
        return current == null && from != null ? exchange.getContext().getRoute(from) : current;
    }

    private static final class NothingToPoll extends PollingConsumerSupport {

        NothingToPoll(Endpoint endpoint) {
            super(endpoint);
        }

        @Override
        public @Nullable Exchange receive() {
            return null;
        }

        @Override
        public @Nullable Exchange receive(long timeout) {
            return null;
        }

        @Override
        public @Nullable Exchange receiveNoWait() {
            return null;
        }
    }
}
