package org.epmpulse.slack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.DomainEvent;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DurationText;
import org.jspecify.annotations.Nullable;

/**
 * Renders alerts as Slack's mrkdwn. Thread-safe.
 *
 * <p>Text from outside is inert, see {@link MessageText}; only the bold name and the link to the canvas are markup.
 */
final class AlertText {

    /** In characters; Slack recommends 4,000 at most. */
    static final int MAX_LENGTH = 3_500;

    /** What is not in a plain text: all characters of markup, emoji and addresses. */
    private static final Pattern PLAIN = Pattern.compile("[^\\p{L}\\p{N} /,-]");

    private static final int MAX_NAME = 60;
    private static final int MAX_JOB = 100;
    private static final int MAX_MESSAGE = 200;
    private static final int MAX_MESSAGE_IN_LIST = 120;

    private final Catalog catalog;

    AlertText(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The text of a message.
     *
     * @param alerts at least one
     * @param link address of the channel's canvas; null if unknown
     */
    String of(List<Alert> alerts, @Nullable String link) {
        String canvas = link == null ? "" : " · <" + link + "|canvas>";
        Map<DomainId, List<DomainEvent>> domains = byDomain(alerts);
        if (domains.size() > 1) {
            return list(domains, canvas);
        }
        Map.Entry<DomainId, List<DomainEvent>> only =
                domains.entrySet().iterator().next();
        return line(only.getKey(), only.getValue(), "*", MAX_MESSAGE) + canvas;
    }

    /** The text of a message whose normal text Slack refused: short, without markup, link, job and message. */
    String plain(List<Alert> alerts) {
        Map<DomainId, List<DomainEvent>> domains = byDomain(alerts);
        if (domains.size() > 1) {
            return counts(domains);
        }
        Map.Entry<DomainId, List<DomainEvent>> only =
                domains.entrySet().iterator().next();
        return PLAIN.matcher(name(only.getKey(), PlainText::of)).replaceAll("?") + ": " + summary(only.getValue());
    }

    private static Map<DomainId, List<DomainEvent>> byDomain(List<Alert> alerts) {
        Map<DomainId, List<DomainEvent>> domains = new LinkedHashMap<>();
        alerts.forEach(alert ->
                domains.computeIfAbsent(alert.id(), id -> new ArrayList<>()).add(alert.event()));
        return domains;
    }

    /** Problems first, within the length limit. */
    private String list(Map<DomainId, List<DomainEvent>> domains, String canvas) {
        StringBuilder text = new StringBuilder("*" + counts(domains) + "*" + canvas);
        int left = domains.size();
        for (boolean problems : new boolean[] {true, false}) {
            for (Map.Entry<DomainId, List<DomainEvent>> domain : domains.entrySet()) {
                if (isProblem(domain.getValue()) != problems) {
                    continue;
                }
                String line = "\n" + line(domain.getKey(), domain.getValue(), "", MAX_MESSAGE_IN_LIST);
                String end = "\n… and " + left + " more";
                if (text.length() + line.length() + end.length() > MAX_LENGTH) {
                    return text.append(end).toString();
                }
                text.append(line);
                left--;
            }
        }
        return text.toString();
    }

    private static String counts(Map<DomainId, List<DomainEvent>> domains) {
        long problems = domains.values().stream().filter(AlertText::isProblem).count();
        long recoveries = domains.size() - problems;
        List<String> counts = new ArrayList<>();
        if (problems > 0) {
            counts.add(problems + " in Warning");
        }
        if (recoveries > 0) {
            counts.add(recoveries + " OK again");
        }
        return String.join(", ", counts);
    }

    private static boolean isProblem(List<DomainEvent> events) {
        return last(events).kind().isProblem();
    }

    private static DomainEvent last(List<DomainEvent> events) {
        return events.get(events.size() - 1);
    }

    private String line(DomainId id, List<DomainEvent> events, String mark, int maxMessage) {
        // The job and message of a problem are more useful than those of its recovery.
        DomainEvent shown = events.stream()
                .filter(event -> event.kind().isProblem())
                .reduce((earlier, later) -> later)
                .orElse(last(events));
        StringBuilder line = new StringBuilder(isProblem(events) ? "🔴 " : "🟢 ");
        line.append(mark)
                .append(name(id, MessageText::escape))
                .append(mark)
                .append(": ")
                .append(summary(events));
        if (shown.jobId() != null) {
            line.append(" · job ").append(MessageText.escape(shown.jobId(), MAX_JOB));
        }
        if (shown.message() != null) {
            line.append(" · ").append(MessageText.escape(shown.message(), maxMessage));
        }
        return line.toString();
    }

    private static String summary(List<DomainEvent> events) {
        List<String> parts = new ArrayList<>();
        for (DomainEvent event : events) {
            String text =
                    switch (event.kind()) {
                        case WARNING -> "Warning";
                        case WARNING_AGAIN -> "Warning, failed again";
                        case OK -> "OK again after " + DurationText.of(event.downSec());
                    };
            parts.add(event.runs() == 1 ? text : text + ", " + event.runs() + " failed runs");
        }
        return String.join(", then ", parts);
    }

    /** @param escape escapes a text and limits its length */
    private String name(DomainId id, BiFunction<String, Integer, String> escape) {
        Catalog.App app = catalog.app(id.app());
        String appName = app == null ? id.app() : app.displayName();
        return escape.apply(appName, MAX_NAME) + " / " + escape.apply(id.domain(), MAX_NAME);
    }
}
