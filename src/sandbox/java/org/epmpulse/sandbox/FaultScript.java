package org.epmpulse.sandbox;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The active faults, in the order in which they were added; the first that matches a request applies. Thread-safe. */
final class FaultScript {

    private final List<ScriptedFault> faults = new CopyOnWriteArrayList<>();

    ScriptedFault add(CallMatcher matcher, Fault fault, int times) {
        ScriptedFault scripted = new ScriptedFault(matcher, fault, times);
        faults.add(scripted);
        return scripted;
    }

    void clear() {
        faults.forEach(ScriptedFault::clear);
        faults.clear();
    }

    /** The fault that applies to the request, or null. */
    @Nullable
    Match match(String operation, @Nullable String subject) {
        faults.removeIf(ScriptedFault::isExhausted);
        for (ScriptedFault scripted : faults) {
            Fault fault = scripted.match(operation, subject);
            if (fault != null) {
                return new Match(scripted, fault);
            }
        }
        return null;
    }

    /** A fault that applies to a request. */
    record Match(ScriptedFault scripted, Fault fault) {}

    /** Creates the error responses that differ between vendors. */
    interface VendorErrors {

        SimulatedResponse refusal(Fault.Refusal refusal);

        SimulatedResponse rateLimited(Fault.RateLimited limit);
    }

    /** Responds to the request as the fault specifies. */
    static void apply(
            Match match,
            LoopbackServer server,
            Exchange exchange,
            Supplier<Outcome> normalOutcome,
            VendorErrors errors) {
        apply(match.fault(), match.scripted(), server, exchange, normalOutcome, errors);
    }

    private static void apply(
            Fault fault,
            ScriptedFault scripted,
            LoopbackServer server,
            Exchange exchange,
            Supplier<Outcome> normalOutcome,
            VendorErrors errors) {
        Runnable respond = () -> {
            if (!exchange.ended()) {
                Outcome outcome = normalOutcome.get();
                exchange.respond(outcome.response(), outcome.name());
            }
        };
        if (fault instanceof Fault.Hang) {
            scripted.hold(() -> server.run(respond));
        } else if (fault instanceof Fault.Slow slow) {
            server.runAfter(slow.delay(), respond);
        } else if (fault instanceof Fault.Reset) {
            exchange.reset();
        } else if (fault instanceof Fault.Truncated) {
            SimulatedResponse whole = normalOutcome.get().response();
            exchange.respond(
                    whole.withBody(whole.body().substring(0, whole.body().length() / 2)), "truncated");
        } else if (fault instanceof Fault.CutOff) {
            exchange.cutOff(normalOutcome.get().response());
        } else if (fault instanceof Fault.Response fixed) {
            exchange.respond(fixed.response(), "http " + fixed.status());
        } else if (fault instanceof Fault.RateLimited limit) {
            exchange.respond(errors.rateLimited(limit), "ratelimited");
        } else if (fault instanceof Fault.Refusal refusal) {
            exchange.respond(errors.refusal(refusal), refusal.code());
        } else if (fault instanceof Fault.AfterApplying afterApplying) {
            Outcome outcome = normalOutcome.get();
            apply(afterApplying.then(), scripted, server, exchange, () -> outcome, errors);
        }
    }

    /**
     * A response without a fault.
     *
     * @param name as in {@link SandboxCall#outcome}
     */
    record Outcome(SimulatedResponse response, String name) {

        static Outcome http(SimulatedResponse response) {
            return new Outcome(response, response.status() == 200 ? "ok" : "http " + response.status());
        }
    }
}
