package org.epmpulse.alerts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DurationText;
import org.jspecify.annotations.Nullable;

/**
 * What a message says of one domain, in words without markup. Immutable.
 *
 * @param problem whether the domain has a problem now
 * @param text what happened, such as {@code Warning, then OK again after 12 min}
 * @param job of the latest problem, or else of the recovery; null if the update had none
 * @param message of the same update; null if it had none
 */
public record AlertSummary(
        String appName,
        String domain,
        boolean problem,
        String text,
        @Nullable String job,
        @Nullable String message) {

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
                last.appName(), last.domain(), last.isProblem(), text(alerts), shown.job(), shown.message());
    }

    private static String text(List<Alert> alerts) {
        List<String> parts = new ArrayList<>();
        for (Alert alert : alerts) {
            String duration = DurationText.of(alert.duration().toSeconds());
            String text =
                    switch (alert.kind()) {
                        case PROBLEM -> alert.again() ? "Warning, failed again" : "Warning";
                        case RECOVERED -> "OK again after " + duration;
                        case REMINDER -> "still Warning after " + duration;
                        case LATE -> "late";
                        case AT_RISK -> "at risk";
                        case DIGEST -> "digest";
                    };
            parts.add(alert.runs() == 1 ? text : text + ", " + alert.runs() + " failed runs");
        }
        return String.join(", then ", parts);
    }

    /** How many domains have a problem and how many are OK again, such as {@code 3 in Warning, 1 OK again}. */
    public static String counts(List<AlertSummary> summaries) {
        long problems = summaries.stream().filter(AlertSummary::problem).count();
        long recoveries = summaries.size() - problems;
        List<String> counts = new ArrayList<>();
        if (problems > 0) {
            counts.add(problems + " in Warning");
        }
        if (recoveries > 0) {
            counts.add(recoveries + " OK again");
        }
        return counts.isEmpty() ? "no open problems" : String.join(", ", counts);
    }

    /** The application and the domain, for people. */
    public String name() {
        return appName + " / " + domain;
    }
}
