package org.epmpulse.alerts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.epmpulse.config.QuietHours;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Names;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The sinks of alerts. Each sink that a route reads from has a sender with a state of its own, so one that hangs delays
 * no other. A name that is no shipped sink is one of a site's own routes. Thread-safe.
 */
public final class AlertSinks {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,49}");

    private final Map<String, AlertSink> shipped;
    private final Catalog catalog;
    private final Function<String, AlertStore> stores;
    private final AlertRules defaults;
    private final AlertParts parts;
    private final List<Running> running = new CopyOnWriteArrayList<>();

    /** A sink that a route reads from, or has read from. */
    private record Running(String name, AlertOptions options, AlertSender sender) {}

    /**
     * @param shipped by the name that {@code alerts:} endpoints have
     * @param stores the store of a sink's state, by its name
     * @param defaults what the options of an endpoint restrict
     */
    public AlertSinks(
            Map<String, AlertSink> shipped,
            Catalog catalog,
            Function<String, AlertStore> stores,
            AlertRules defaults,
            AlertParts parts) {
        this.shipped = Map.copyOf(shipped);
        this.catalog = catalog;
        this.stores = stores;
        this.defaults = defaults;
        this.parts = parts;
    }

    /**
     * The sender of a sink, which a route begins to read from. It has the saved state of the sink; without one, the
     * current board counts as sent.
     *
     * @throws IllegalArgumentException if the name or an app of the options is not valid
     */
    synchronized AlertSender sender(String name, AlertOptions options) {
        for (Running sink : running) {
            if (sink.name().equals(name)) {
                if (sink.options().equals(options)) {
                    return sink.sender();
                }
                // A route was replaced by one with other options.
                sink.sender().save();
                running.remove(sink);
            }
        }
        AlertSender sender = new AlertSender(sink(name, options), stores.apply(name), rules(options), parts);
        if (!parts.takeover().isPossible()) {
            sender.open();
        }
        running.add(new Running(name, options, sender));
        return sender;
    }

    private AlertSink sink(String name, AlertOptions options) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a sink must be 1 to 50 letters, digits, - and _, is " + name);
        }
        for (String app : options.apps()) {
            if (catalog.app(app) == null) {
                throw new IllegalArgumentException("unknown app \"" + app + "\"."
                        + Names.hint(app, catalog.apps().keySet()));
            }
        }
        AlertSink sink = shipped.get(name);
        return new FilteredSink(sink == null ? new RouteSink(name, catalog) : sink, options.apps());
    }

    private AlertRules rules(AlertOptions options) {
        Set<AlertKind> kinds = options.kinds().isEmpty() ? EnumSet.allOf(AlertKind.class) : options.kinds();
        return new AlertRules(
                kinds,
                options.group(),
                options.reminder() == null ? defaults.reminder() : options.reminder(),
                options.quiet() ? defaults.quiet() : QuietHours.NONE,
                defaults.digest(),
                defaults.zone(),
                defaults.answers(),
                defaults.causes());
    }

    /** Applies changes in their order and makes their alerts pending; returns at once. */
    public void enqueue(List<StatusChange> changes) {
        StoreUnavailableException failure = null;
        for (Running sink : running) {
            try {
                sink.sender().enqueue(changes);
            } catch (StoreUnavailableException e) {
                // It gets them when it has read its state; the others have read theirs.
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Saves the state of each sink if it changed, and this node is active. */
    public void save() {
        running.forEach(sink -> sink.sender().save());
    }

    /** Called before the calls to the sinks are aborted; what is not sent is saved and sent after a restart. */
    public void stop() {
        running.forEach(sink -> sink.sender().stop());
    }

    /**
     * The service of a sink has accepted a call of any kind, so it is available.
     *
     * @param credentialWasRefused whether it had refused the credential before
     */
    public void available(String name, boolean credentialWasRefused) {
        running.stream().filter(sink -> sink.name().equals(name)).forEach(sink -> sink.sender()
                .available(credentialWasRefused));
    }

    /** The current problem of a sink, for the health check; null if there is none. */
    public @Nullable String problem(String name) {
        for (Running sink : running) {
            if (sink.name().equals(name)) {
                return sink.sender().problem();
            }
        }
        return null;
    }

    /** The current problems of all sinks but this one, each with the sink's name; null if there is none. */
    public @Nullable String problemsExceptOf(String excluded) {
        Map<String, String> problems = new LinkedHashMap<>();
        for (Running sink : running) {
            String problem = sink.name().equals(excluded) ? null : sink.sender().problem();
            if (problem != null) {
                problems.put(sink.name(), problem);
            }
        }
        List<String> texts = new ArrayList<>();
        problems.forEach((name, problem) -> texts.add(name + ": " + problem));
        return texts.isEmpty() ? null : String.join("; ", texts);
    }

    /** A sink without the domains of other apps than these. */
    private record FilteredSink(AlertSink sink, List<AlertChannel> channels) implements AlertSink {

        /** @param apps empty for all */
        FilteredSink(AlertSink sink, Set<String> apps) {
            this(
                    sink,
                    sink.channels().stream()
                            .map(channel -> new AlertChannel(
                                    channel.id(),
                                    channel.name(),
                                    channel.domains().stream()
                                            .filter(id -> apps.isEmpty() || apps.contains(id.app()))
                                            .toList()))
                            .toList());
        }

        @Override
        public String name() {
            return sink.name();
        }

        @Override
        public AlertLimits limits() {
            return sink.limits();
        }

        @Override
        public void prepare() {
            sink.prepare();
        }

        @Override
        public AlertFailure classify(Throwable failure) {
            return sink.classify(failure);
        }
    }

    /** A sink of a site's own route. Each failure is temporary: what the route calls is not known. */
    private record RouteSink(String name, List<AlertChannel> channels) implements AlertSink {

        private static final AlertLimits UNLIMITED = new AlertLimits(Duration.ZERO, Duration.ZERO);

        RouteSink(String name, Catalog catalog) {
            this(name, List.of(new AlertChannel(name, name, domains(catalog))));
        }

        private static List<DomainId> domains(Catalog catalog) {
            return catalog.domainIds().toList();
        }

        @Override
        public AlertLimits limits() {
            return UNLIMITED;
        }

        @Override
        public void prepare() {
            // The route fetches what it needs.
        }

        @Override
        public AlertFailure classify(Throwable failure) {
            // Health is public, so the text of the exception is for the log only.
            return AlertFailure.of(AlertFailure.Kind.UNEXPECTED, "the route failed, see the log");
        }
    }
}
