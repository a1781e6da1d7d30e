package org.epmpulse.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a pod says of a job over time. Implementations are safe to ask from any thread. */
@FunctionalInterface
public interface JobScript {

    /**
     * What the pod says now.
     *
     * @param poll how often the job was asked for, from 1
     */
    ScriptedJobState answer(int poll, Instant now);

    /** One answer after the other; the last stays. */
    static JobScript polls(ScriptedJobState... answers) {
        if (answers.length == 0) {
            throw new IllegalArgumentException("answers must be at least 1, are 0");
        }
        List<ScriptedJobState> all = List.of(answers);
        return (poll, now) -> all.get(Math.min(poll, all.size()) - 1);
    }

    /** Running from {@code start} on, until the first step. */
    static Timeline from(Instant start) {
        return new Timeline(start, List.of());
    }

    /** Answers by the clock. Immutable. */
    record Timeline(Instant start, List<Step> steps) implements JobScript {

        /** With this answer from then on; steps are added in their order. */
        public Timeline then(Duration sinceStart, ScriptedJobState answer) {
            List<Step> all = new ArrayList<>(steps);
            all.add(new Step(start.plus(sinceStart), answer));
            return new Timeline(start, List.copyOf(all));
        }

        @Override
        public ScriptedJobState answer(int poll, Instant now) {
            ScriptedJobState answer = ScriptedJobState.running();
            for (Step step : steps) {
                answer = step.from().isAfter(now) ? answer : step.answer();
            }
            return answer;
        }
    }

    /** An answer of a {@link Timeline}. */
    record Step(Instant from, ScriptedJobState answer) {}
}
