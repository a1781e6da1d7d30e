package org.epmpulse.slack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.DomainEvent;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DurationText;
import org.jspecify.annotations.Nullable;

/**
 * Writes alerts as Slack's mrkdwn. Thread-safe.
 *
 * <p>What others wrote is made inert: with {@code &}, {@code <} and {@code >} as entities nothing can become a mention
 * or a link with another name (https://docs.slack.dev/messaging/formatting-message-text).
 */
final class AlertText {

    /** In characters; Slack recommends 4,000 at most. */
    static final int MAX_LENGTH = 3_500;

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
     * @param link address of the channel's canvas; null if it has none that is known
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

    /** The text of a message that Slack refused as it was: short, without markup, link and what jobs say. */
    String plain(List<Alert> alerts) {
        Map<DomainId, List<DomainEvent>> domains = byDomain(alerts);
        if (domains.size() > 1) {
            return counts(domains);
        }
        Map.Entry<DomainId, List<DomainEvent>> only =
                domains.entrySet().iterator().next();
        return (name(only.getKey()) + ": " + word(only.getValue())).replaceAll("[^\\p{L}\\p{N} /:,.-]", "?");
    }

    private static Map<DomainId, List<DomainEvent>> byDomain(List<Alert> alerts) {
        Map<DomainId, List<DomainEvent>> domains = new LinkedHashMap<>();
        alerts.forEach(alert ->
                domains.computeIfAbsent(alert.id(), id -> new ArrayList<>()).add(alert.event()));
        return domains;
    }

    /** Problems first, as far as there is room. */
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
        // Of a problem that is over, its job and message say more than those of the recovery.
        DomainEvent told = events.stream()
                .filter(event -> event.kind().isProblem())
                .reduce((earlier, later) -> later)
                .orElse(last(events));
        StringBuilder line = new StringBuilder(isProblem(events) ? "🔴 " : "🟢 ");
        line.append(mark).append(inert(name(id))).append(mark).append(": ").append(word(events));
        if (told.jobId() != null) {
            line.append(" · job ").append(inert(PlainText.of(told.jobId(), MAX_JOB)));
        }
        if (told.message() != null) {
            line.append(" · ").append(inert(PlainText.of(told.message(), maxMessage)));
        }
        return line.toString();
    }

    private static String word(List<DomainEvent> events) {
        List<String> words = new ArrayList<>();
        for (DomainEvent event : events) {
            String word =
                    switch (event.kind()) {
                        case WARNING -> "Warning";
                        case WARNING_AGAIN -> "Warning, failed again";
                        case OK -> "OK again after " + DurationText.of(event.downSec());
                    };
            words.add(event.runs() == 1 ? word : word + ", " + event.runs() + " failed runs");
        }
        return String.join(", then ", words);
    }

    private String name(DomainId id) {
        Catalog.App app = catalog.app(id.app());
        String appName = app == null ? id.app() : app.displayName();
        return PlainText.of(appName, MAX_NAME) + " / " + PlainText.of(id.domain(), MAX_NAME);
    }

    private static String inert(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
