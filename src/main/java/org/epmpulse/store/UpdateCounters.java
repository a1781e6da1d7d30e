package org.epmpulse.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;

/** Counts updates by their outcome. Thread-safe. */
public final class UpdateCounters {

    /** The label's value, which dashboards and alert rules use. */
    private static final String REJECTED = "refused";

    private record Kind(String app, Source source, String outcome) {}

    private final MeterRegistry meters;

    /** A cache: the registry would create and compare all tags for each update. */
    private final Map<Kind, Counter> counters = new ConcurrentHashMap<>();

    public UpdateCounters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Registers all counters of these applications with the value 0. */
    public void register(Catalog catalog) {
        for (Source source : Source.values()) {
            for (String app : catalog.apps().keySet()) {
                for (Outcome outcome : Outcome.values()) {
                    counter(app, source, outcome.label());
                }
            }
            counter("unknown", source, REJECTED);
        }
        for (String app : catalog.apps().keySet()) {
            for (AnswerKind kind : AnswerKind.values()) {
                answers(app, kind);
            }
        }
    }

    /** Counts an accepted update, or a recorded answer. */
    public void countAccepted(Entry entry) {
        if (entry.answer() != null) {
            if (entry.outcome() == Outcome.RECORDED) {
                answers(entry.id().app(), entry.answer().kind()).increment();
            }
            return;
        }
        counter(entry.id().app(), entry.source(), entry.outcome().label()).increment();
    }

    /** Counts rejected updates, without their app: labels must not come from invalid input. */
    void countRejected(Source source, int updates) {
        counter("unknown", source, REJECTED).increment(updates);
    }

    private Counter answers(String app, AnswerKind kind) {
        return Counter.builder("epmpulse.answers")
                .description("Acknowledgements and mutes recorded, and their ends by a person")
                .tag("app", app)
                .tag("kind", kind.label())
                .register(meters);
    }

    private Counter counter(String app, Source source, String outcome) {
        return counters.computeIfAbsent(new Kind(app, source, outcome), this::counterOf);
    }

    private Counter counterOf(Kind kind) {
        return Counter.builder("epmpulse.status.updates")
                .description("Updates received, by outcome")
                .tag("app", kind.app())
                .tag("source", kind.source().label())
                .tag("outcome", kind.outcome())
                .register(meters);
    }
}
