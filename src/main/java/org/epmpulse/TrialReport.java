package org.epmpulse;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.RoutePolicySupport;
import org.epmpulse.routes.RouteFiles;
import org.epmpulse.routes.SecretMasks;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/** Prints what the routes of a trial do, and knows when they have finished. Thread-safe. */
final class TrialReport {

    /** What follows the last step, such as a message that waits in a queue, begins within this time. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_BODY = 4000;

    private final SecretMasks masks;
    private final PrintWriter out;
    private final Set<String> reached = new HashSet<>();
    private int running;
    private long latest = System.nanoTime();
    private final Set<String> failures = new HashSet<>();

    TrialReport(SecretMasks masks, PrintWriter out) {
        this.masks = masks;
        this.out = out;
    }

    private synchronized void print(String text) {
        latest = System.nanoTime();
        out.println(text);
        out.flush();
    }

    /** For the store: a change of its board. */
    void recorded(StatusChange change) {
        String job = change.after().jobId();
        print("recorded: " + change.app() + " / " + change.domain() + " is " + change.status()
                + (job == null ? "" : ", job " + job));
    }

    /** For {@link org.epmpulse.routes.InterceptedCalls}. */
    void intercepted(@Nullable Route route, String uri, Exchange message) {
        StringBuilder text =
                new StringBuilder(name(route)).append(" would send to ").append(masks.uri(uri));
        new TreeMap<>(message.getMessage().getHeaders()).forEach((name, value) -> {
            if (value != null && (!name.startsWith("Camel") || isAddress(name))) {
                text.append("\n    ").append(name).append(": ").append(masks.header(name, value));
            }
        });
        text.append(indented(message));
        print(text.toString());
    }

    /** Headers of Camel that change where a message goes. */
    private static boolean isAddress(String name) {
        return name.startsWith("CamelHttp") || name.startsWith("CamelFileName");
    }

    private static String name(@Nullable Route route) {
        return route == null ? "a route" : "route " + route.getRouteId();
    }

    private String indented(Exchange message) {
        String body = message.getMessage().getBody(String.class);
        if (body == null || body.isEmpty()) {
            return "\n    (no body)";
        }
        String shown = body.length() <= MAX_BODY ? body : body.substring(0, MAX_BODY) + "…";
        StringBuilder text = new StringBuilder();
        masks.text(shown).lines().forEach(line -> text.append("\n    ").append(line));
        return text.toString();
    }

    /** The result of a route that serves requests. */
    void replied(TriedFile.Entry entry, Exchange exchange) {
        print("route " + entry.routeId() + " replies" + indented(exchange));
    }

    /** A route that cannot be run without a message of the command line. */
    void notRun(TriedFile.Entry entry) {
        fail("route " + entry.routeId() + " reads from " + masks.uri(entry.source())
                + ": give it a message with --body");
    }

    void failed(String what, Throwable failure) {
        fail(what + " failed: " + masks.text(RouteFiles.describe(failure)));
    }

    /** An error that is handled, and one that is passed on to a caller, come twice. */
    private synchronized void fail(String text) {
        if (failures.add(text)) {
            print(text);
        }
    }

    /** Counts the messages in the routes of the file. */
    RoutePolicy policy() {
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route route, Exchange exchange) {
                began(route.getRouteId());
            }

            @Override
            public void onExchangeDone(Route route, Exchange exchange) {
                done();
            }
        };
    }

    private synchronized void began(String routeId) {
        reached.add(routeId);
        running++;
        latest = System.nanoTime();
    }

    private synchronized void done() {
        running--;
        latest = System.nanoTime();
        notifyAll();
    }

    /**
     * Reports the failures of the routes of the file, also those that their error handling handles.
     *
     * @param ofFile by the id of a route
     */
    EventNotifierSupport failures(Predicate<String> ofFile) {
        return new EventNotifierSupport() {
            @Override
            public boolean isEnabled(CamelEvent event) {
                return event instanceof CamelEvent.ExchangeFailedEvent
                        || (event instanceof CamelEvent.ExchangeFailureHandledEvent handled
                                && isHandledByErrorHandler(handled.getExchange()));
            }

            @Override
            public void notify(CamelEvent event) {
                Exchange exchange = ((CamelEvent.ExchangeEvent) event).getExchange();
                String route = exchange.getFromRouteId();
                Throwable failure = exchange.getException() == null
                        ? exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)
                        : exchange.getException();
                if (route != null && failure != null && ofFile.test(route)) {
                    String step = exchange.getExchangeExtension().getHistoryNodeId();
                    failed("route " + route + (step == null ? "" : ", step " + step), failure);
                }
            }
        };
    }

    /** And not by a {@code doTry}, which is a part of the route. */
    private static boolean isHandledByErrorHandler(Exchange exchange) {
        return exchange.getExchangeExtension().isErrorHandlerHandledSet();
    }

    /**
     * Waits until these routes have got a message and nothing is in the routes any more. Returns whether each got one and
     * none failed.
     */
    synchronized boolean await(Set<String> routes, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        long now = System.nanoTime();
        while (now - end < 0 && (running > 0 || !reached.containsAll(routes) || now - latest < QUIET_NANOS)) {
            TimeUnit.MILLISECONDS.timedWait(this, 50);
            now = System.nanoTime();
        }
        for (String route : routes) {
            if (!reached.contains(route)) {
                fail("route " + route + " got no message: no change passes its options and filters, or none within "
                        + timeout.toSeconds() + " s");
            }
        }
        if (running > 0) {
            fail("a route is still running after " + timeout.toSeconds() + " s");
        }
        print(failures.isEmpty() ? "ok" : "failed");
        return failures.isEmpty();
    }
}
