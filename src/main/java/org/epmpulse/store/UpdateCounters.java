package org.epmpulse.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;

/** Counts updates by what became of them. Thread-safe. */
public final class UpdateCounters {

    private static final String REFUSED = "refused";

    private record Kind(String app, Source source, String outcome) {}

    private final MeterRegistry meters;

    /** The registry would build and compare all tags anew for each update. */
    private final Map<Kind, Counter> counters = new ConcurrentHashMap<>();

    public UpdateCounters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Begins with all that can be counted of these applications at 0. */
    public void begin(Catalog catalog) {
        for (Source source : Source.values()) {
            for (String app : catalog.apps().keySet()) {
                for (Outcome outcome : Outcome.values()) {
                    counter(app, source, outcome.label());
                }
            }
            counter("unknown", source, REFUSED);
        }
    }

    /** An update was accepted. */
    public void accepted(Entry entry) {
        counter(entry.id().app(), entry.source(), entry.outcome().label()).increment();
    }

    /** Updates were refused: what they say is not to be believed, nor made into labels. */
    void refused(Source source, int updates) {
        counter("unknown", source, REFUSED).increment(updates);
    }

    private Counter counter(String app, Source source, String outcome) {
        return counters.computeIfAbsent(new Kind(app, source, outcome), this::register);
    }

    private Counter register(Kind kind) {
        return Counter.builder("epmpulse.status.updates")
                .description("Updates that came, by what became of them")
                .tag("app", kind.app())
                .tag("source", kind.source().label())
                .tag("outcome", kind.outcome())
                .register(meters);
    }
}
