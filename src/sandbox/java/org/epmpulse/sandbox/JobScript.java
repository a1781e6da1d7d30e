package org.epmpulse.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The states of a job over time. Implementations are thread-safe. */
@FunctionalInterface
public interface JobScript {

    /**
     * The current state of the job.
     *
     * @param poll number of the poll, from 1
     */
    ScriptedJobState stateAt(int poll, Instant now);

    /** Returns one state per poll; the last is repeated. */
    static JobScript sequence(ScriptedJobState... states) {
        if (states.length == 0) {
            throw new IllegalArgumentException("states must be at least 1, are 0");
        }
        List<ScriptedJobState> all = List.of(states);
        return (poll, now) -> all.get(Math.min(poll, all.size()) - 1);
    }

    /** Starts with a running job; {@link Timeline#then} adds states. */
    static Timeline from(Instant start) {
        return new Timeline(start, List.of());
    }

    /** Returns states by the clock. Immutable. */
    record Timeline(Instant start, List<Step> steps) implements JobScript {

        /** Adds a state that starts then; add the states in the order of time. */
        public Timeline then(Duration sinceStart, ScriptedJobState state) {
            List<Step> all = new ArrayList<>(steps);
            all.add(new Step(start.plus(sinceStart), state));
            return new Timeline(start, List.copyOf(all));
        }

        @Override
        public ScriptedJobState stateAt(int poll, Instant now) {
            ScriptedJobState state = ScriptedJobState.running();
            for (Step step : steps) {
                state = step.from().isAfter(now) ? state : step.state();
            }
            return state;
        }
    }

    /** A state of a {@link Timeline}. */
    record Step(Instant from, ScriptedJobState state) {}
}
