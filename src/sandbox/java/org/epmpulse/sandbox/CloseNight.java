package org.epmpulse.sandbox;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The updates that pipelines post during a simulated close, in one minute: loads, a failure, its rerun, and the
 * consolidation that depends on them.
 */
public final class CloseNight {

    /** From the start of one night to the start of the next. */
    public static final Duration LENGTH = Duration.ofSeconds(60);

    private static final List<Step> STEPS = List.of(
            new Step(0, "Planning", "Actual", "Loading", "LOAD_ACTUAL", "actuals of period 03"),
            new Step(1, "Planning", "Budget", "Loading", "LOAD_BUDGET", "12 files"),
            new Step(2, "ARCS", "Transaction Matching", "Loading", "TM_IMPORT", "bank statements"),
            new Step(4, "FCCS", "Trial Balance", "Loading", "TB_LOAD", "entity 1 of 48"),
            new Step(9, "FCCS", "Trial Balance", "Loading", "TB_LOAD", "entity 31 of 48"),
            new Step(11, "Planning", "Actual", "OK", "LOAD_ACTUAL", "184,203 rows"),
            new Step(13, "Planning", "Budget", "Warning", "LOAD_BUDGET", "row 4711: no member CC_9100 in Cost Center"),
            new Step(15, "Planning", "Forecast", "Loading", "ROLL_FORECAST", null).withEpmEnd(21, "12 of 12 entities"),
            new Step(18, "ARCS", "Transaction Matching", "OK", "TM_IMPORT", "98.7 % matched"),
            new Step(20, "FCCS", "Trial Balance", "OK", "TB_LOAD", "48 entities"),
            new Step(21, "ARCS", "Reconciliation", "Loading", "REC_CREATE", null),
            new Step(23, "FCCS", "Eliminations", "Loading", "IC_ELIM", null),
            new Step(26, "Planning", "Budget", "Loading", "LOAD_BUDGET_2", "rerun with CC_9100 added"),
            new Step(31, "FCCS", "Eliminations", "OK", "IC_ELIM", null),
            new Step(32, "FCCS", "Consolidation", "Loading", "CONSOLIDATE", "period 03")
                    .withEpmEnd(17, "period 03 is closed"),
            new Step(40, "Planning", "Budget", "OK", "LOAD_BUDGET_2", "73,118 rows"),
            new Step(43, "ARCS", "Reconciliation", "OK", "REC_CREATE", "1,204 reconciliations"));

    private CloseNight() {}

    /**
     * An update posted by a pipeline.
     *
     * @param second after the night's start
     * @param jobId without the night's number
     * @param message null if there is none
     * @param epmEnd of the EPM job that the step starts, which no pipeline posts; null if it starts none
     */
    public record Step(
            int second,
            String app,
            String domain,
            String status,
            String jobId,
            @Nullable String message,
            @Nullable EpmEnd epmEnd) {

        Step(int second, String app, String domain, String status, String jobId, @Nullable String message) {
            this(second, app, domain, status, jobId, message, null);
        }

        Step withEpmEnd(int seconds, String details) {
            return new Step(
                    second, app, domain, status, jobId, message, new EpmEnd(Duration.ofSeconds(seconds), details));
        }
    }

    /** The end of an EPM job, which EPMPulse has to poll. */
    public record EpmEnd(Duration after, String details) {}

    /** The steps in the order in which they are posted. */
    public static List<Step> steps() {
        return STEPS;
    }
}
