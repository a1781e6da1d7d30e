package org.epmpulse.alerts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DurationText;
import org.epmpulse.status.StateWord;
import org.jspecify.annotations.Nullable;

/**
 * What a message says of one domain, in words without markup. Immutable.
 *
 * @param state of the domain now, as far as these alerts tell
 * @param text what happened, such as {@code Failed, then OK again after 12 min}
 * @param job of the latest problem, or else of the recovery; null if the update had none
 * @param message of the same update, and the root cause if it is another domain's problem; null if there is neither
 */
public record AlertSummary(
        String appName,
        String domain,
        StateWord state,
        String text,
        @Nullable String job,
        @Nullable String message) {

    /** Whether the domain has a problem now. */
    public boolean problem() {
        return state != StateWord.OK;
    }

    /** One summary for each domain, those with a problem first. */
    public static List<AlertSummary> of(List<Alert> alerts) {
        Map<DomainId, List<Alert>> domains = new LinkedHashMap<>();
        alerts.forEach(alert -> domains.computeIfAbsent(alert.domainId(), id -> new ArrayList<>())
                .add(alert));
        List<AlertSummary> summaries = new ArrayList<>();
        for (boolean problems : new boolean[] {true, false}) {
            domains.values().stream()
                    .map(AlertSummary::ofDomain)
                    .filter(summary -> summary.problem() == problems)
                    .forEach(summaries::add);
        }
        return List.copyOf(summaries);
    }

    private static AlertSummary ofDomain(List<Alert> alerts) {
        Alert last = alerts.get(alerts.size() - 1);
        // The job and message of a problem are more useful than those of its recovery.
        Alert shown = alerts.stream()
                .filter(Alert::isProblem)
                .reduce((earlier, later) -> later)
                .orElse(last);
        return new AlertSummary(
                last.appName(),
                last.domain(),
                state(last.kind()),
                text(alerts),
                shown.job(),
                message(shown.message(), last));
    }

    /** With the root cause: after a message of the job, but before our text of a deadline, so that it is not cut. */
    private static @Nullable String message(@Nullable String message, Alert last) {
        AlertCause cause = last.cause();
        if (cause == null || message == null) {
            return cause == null ? message : cause.text();
        }
        boolean deadline = last.kind() == AlertKind.LATE || last.kind() == AlertKind.AT_RISK;
        return deadline ? cause.text() + "; " + message : message + "; " + cause.text();
    }

    private static StateWord state(AlertKind kind) {
        return switch (kind) {
            case PROBLEM, REMINDER -> StateWord.FAILED;
            case LATE -> StateWord.LATE;
            case AT_RISK -> StateWord.AT_RISK;
            case RECOVERED, DIGEST -> StateWord.OK;
        };
    }

    private static String text(List<Alert> alerts) {
        List<String> parts = new ArrayList<>();
        for (Alert alert : alerts) {
            String duration = DurationText.of(alert.duration().toSeconds());
            StateWord state = state(alert.kind());
            String word = parts.isEmpty() ? state.word() : state.inSentence();
            String text =
                    switch (alert.kind()) {
                        case PROBLEM -> alert.again() ? word + " again" : word;
                        case RECOVERED -> word + " again" + (alert.duration().isZero() ? "" : " after " + duration);
                        case REMINDER -> "still " + state.inSentence() + " after " + duration;
                        case LATE, AT_RISK -> word;
                        case DIGEST -> "digest";
                    };
            parts.add(alert.runs() == 1 ? text : text + ", " + alert.runs() + " failed runs");
        }
        return String.join(", then ", parts) + affected(alerts.get(alerts.size() - 1));
    }

    /** The message of a deadline says so itself. */
    private static String affected(Alert alert) {
        int count = alert.affected().size();
        boolean failed = state(alert.kind()) == StateWord.FAILED;
        return !failed || count == 0
                ? ""
                : count == 1 ? ", 1 domain waits for it" : ", " + count + " domains wait for it";
    }

    /** How many domains have a problem and how many are OK again, such as {@code 3 failed, 1 OK again}. */
    public static String counts(List<AlertSummary> summaries) {
        List<String> counts = new ArrayList<>();
        for (StateWord state : List.of(StateWord.FAILED, StateWord.LATE, StateWord.AT_RISK, StateWord.OK)) {
            long count = summaries.stream()
                    .filter(summary -> summary.state() == state)
                    .count();
            if (count > 0) {
                counts.add(count + " " + state.inSentence() + (state == StateWord.OK ? " again" : ""));
            }
        }
        return counts.isEmpty() ? "no open problems" : String.join(", ", counts);
    }

    /** The application and the domain, for people. */
    public String name() {
        return appName + " / " + domain;
    }
}
