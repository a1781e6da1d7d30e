package org.epmpulse.demo;

import java.time.Duration;
import java.util.List;

/**
 * A chain of loads over three apps, in real time and the same each day: actuals, journals, consolidation, certification.
 * Times are from the start of the demo, when the journals have been running for a little longer than usual.
 */
final class CloseChain {

    static final Duration ACTUALS = Duration.ofMinutes(48);
    static final Duration JOURNALS = Duration.ofMinutes(40);
    static final Duration CONSOLIDATION = Duration.ofMinutes(50);
    static final Duration CERTIFICATION = Duration.ofMinutes(30);

    private static final Duration ACTUALS_START = Duration.ofMinutes(-110);
    private static final Duration JOURNALS_START = Duration.ofMinutes(-41);
    private static final Duration CONSOLIDATION_START = Duration.ofMinutes(4);
    private static final Duration CERTIFICATION_START = Duration.ofMinutes(57);

    /**
     * A load of the chain.
     *
     * @param start from the start of the demo; negative before it
     * @param usual how long it usually takes
     * @param today how long it takes on the days of the demo
     */
    record Load(
            String app, String domain, String jobId, Duration start, Duration usual, Duration today, String message) {

        /** From the start of the demo. */
        Duration end() {
            return start.plus(today);
        }
    }

    /** The loads in their order. */
    static final List<Load> LOADS = List.of(
            new Load("Planning", "ERP Actuals", "ERP_ACTUALS", ACTUALS_START, ACTUALS, ACTUALS, "412,077 rows"),
            new Load(
                    "FCCS",
                    "Journals",
                    "JOURNALS",
                    JOURNALS_START,
                    JOURNALS,
                    JOURNALS_START.negated().plusMinutes(3),
                    "1,118 journals"),
            new Load(
                    "FCCS",
                    "Group Consolidation",
                    "GROUP_CONS",
                    CONSOLIDATION_START,
                    CONSOLIDATION,
                    CONSOLIDATION,
                    "48 entities"),
            new Load(
                    "ARCS",
                    "Certification",
                    "CERTIFY",
                    CERTIFICATION_START,
                    CERTIFICATION,
                    CERTIFICATION,
                    "1,204 reconciliations"));

    private CloseChain() {}
}
