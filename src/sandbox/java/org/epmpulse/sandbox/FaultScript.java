package org.epmpulse.sandbox;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The faults in force, in the order in which they were scripted: a request meets the first that fits. Thread-safe. */
final class FaultScript {

    private final List<ScriptedFault> faults = new CopyOnWriteArrayList<>();

    ScriptedFault add(CallMatcher where, Fault fault, int times) {
        ScriptedFault scripted = new ScriptedFault(where, fault, times);
        faults.add(scripted);
        return scripted;
    }

    void clear() {
        faults.forEach(ScriptedFault::clear);
        faults.clear();
    }

    /** The fault this request meets, or null. */
    @Nullable
    Met meet(String operation, @Nullable String subject) {
        faults.removeIf(ScriptedFault::over);
        for (ScriptedFault scripted : faults) {
            Fault fault = scripted.meet(operation, subject);
            if (fault != null) {
                return new Met(scripted, fault);
            }
        }
        return null;
    }

    /** A fault that a request met. */
    record Met(ScriptedFault scripted, Fault fault) {}

    /** What differs between the vendors when a fault is acted out. */
    interface Vendor {

        Answer refusal(Fault.Refusal refusal);

        Answer rateLimited(Fault.RateLimited limit);
    }

    /** Answers the request as the fault wants. */
    static void act(Met met, LoopbackServer server, Exchange exchange, Supplier<Outcome> rightAnswer, Vendor vendor) {
        act(met.fault(), met.scripted(), server, exchange, rightAnswer, vendor);
    }

    private static void act(
            Fault fault,
            ScriptedFault scripted,
            LoopbackServer server,
            Exchange exchange,
            Supplier<Outcome> rightAnswer,
            Vendor vendor) {
        Runnable answer = () -> {
            if (!exchange.ended()) {
                Outcome outcome = rightAnswer.get();
                exchange.answer(outcome.answer(), outcome.name());
            }
        };
        if (fault instanceof Fault.Hang) {
            scripted.hold(() -> server.run(answer));
        } else if (fault instanceof Fault.Slow slow) {
            server.runAfter(slow.by(), answer);
        } else if (fault instanceof Fault.Reset) {
            exchange.reset();
        } else if (fault instanceof Fault.Truncated) {
            Answer whole = rightAnswer.get().answer();
            exchange.answer(
                    whole.withBody(whole.body().substring(0, whole.body().length() / 2)), "truncated");
        } else if (fault instanceof Fault.CutOff) {
            exchange.cutOff(rightAnswer.get().answer());
        } else if (fault instanceof Fault.Reply reply) {
            exchange.answer(reply.answer(), "http " + reply.status());
        } else if (fault instanceof Fault.RateLimited limit) {
            exchange.answer(vendor.rateLimited(limit), "ratelimited");
        } else if (fault instanceof Fault.Refusal refusal) {
            exchange.answer(vendor.refusal(refusal), refusal.code());
        } else if (fault instanceof Fault.Applied applied) {
            Outcome outcome = rightAnswer.get();
            act(applied.then(), scripted, server, exchange, () -> outcome, vendor);
        }
    }

    /** A right answer, with the name that {@link SandboxCall#outcome} gives it. */
    record Outcome(Answer answer, String name) {

        static Outcome http(Answer answer) {
            return new Outcome(answer, answer.status() == 200 ? "ok" : "http " + answer.status());
        }
    }
}
