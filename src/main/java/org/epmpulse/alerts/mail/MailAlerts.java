package org.epmpulse.alerts.mail;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.StringEscapeUtils;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertKind;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.AlertSummary;
import org.epmpulse.alerts.AlertTarget;
import org.epmpulse.alerts.PlainText;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Renders alerts as e-mails in plain text and in HTML. The mail that reports a problem begins a thread, whose id is
 * that of the problem (RFC 5322 section 3.6.4); its reminders and its recovery are answers to it. Thread-safe.
 */
public final class MailAlerts {

    private static final int MAX_NAME = 60;
    private static final int MAX_JOB = 100;
    private static final int MAX_MESSAGE = 200;
    private static final int MAX_LINES = 200;

    /** Clients need only a few to find the thread. */
    private static final int MAX_REFERENCES = 20;

    private final Map<String, List<String>> addresses;
    private final String from;
    private final @Nullable String board;
    private final DateTimeFormatter time;

    /**
     * @param from the sender's address
     * @param board address of the board; null if not known
     * @param zone of the times in the mails
     */
    public MailAlerts(List<AlertTarget> targets, String from, @Nullable String board, ZoneId zone) {
        this.addresses = targets.stream()
                .collect(Collectors.toUnmodifiableMap(target -> target.channel().id(), AlertTarget::addresses));
        this.from = from;
        this.board = board;
        this.time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm z").withZone(zone);
    }

    /** The mail of a message. */
    public AlertMail mail(AlertMessage message) {
        List<Alert> alerts = message.alerts();
        List<AlertSummary> summaries = AlertSummary.of(alerts);
        boolean single = summaries.size() == 1 && !message.digest();
        String title = single
                ? name(summaries.get(0)) + ": " + summaries.get(0).text()
                : (message.digest() ? "Digest: " : "") + AlertSummary.counts(summaries);
        String id = messageId(message, single);
        Set<String> references = new LinkedHashSet<>();
        alerts.stream().map(alert -> id(alert.id())).limit(MAX_REFERENCES).forEach(references::add);
        references.remove(id);
        return new AlertMail(
                from,
                String.join(", ", Objects.requireNonNull(addresses.get(message.channel()), "a channel of this sink")),
                "[EPMPulse] " + title,
                id,
                message.digest() || references.isEmpty() ? null : String.join(" ", references),
                text(title, message, summaries),
                html(title, message, summaries));
    }

    /** The same at each attempt, so that servers and clients recognize a mail that comes twice. */
    private String messageId(AlertMessage message, boolean single) {
        Alert first = message.alerts().isEmpty() ? null : message.alerts().get(0);
        if (single && first != null && first.kind() == AlertKind.PROBLEM && !first.again()) {
            return id(first.id());
        }
        StringBuilder key = new StringBuilder(message.channel()).append(message.time());
        message.alerts()
                .forEach(alert ->
                        key.append('\n').append(alert.id()).append(alert.kind()).append(alert.time()));
        return id(HexFormat.of().formatHex(Sha256.of(key.toString())).substring(0, 32));
    }

    private String id(String left) {
        return "<epmpulse." + left + from.substring(from.indexOf('@')) + ">";
    }

    private static String name(AlertSummary summary) {
        return PlainText.of(summary.appName(), MAX_NAME) + " / " + PlainText.of(summary.domain(), MAX_NAME);
    }

    private String text(String title, AlertMessage message, List<AlertSummary> summaries) {
        StringBuilder text = new StringBuilder(title).append("\n\n");
        summaries.stream().limit(MAX_LINES).forEach(summary -> {
            text.append(summary.problem() ? "! " : "  ")
                    .append(name(summary))
                    .append(": ")
                    .append(summary.text());
            text.append(details(summary, message.plain(), "\n    job ", "\n    "))
                    .append('\n');
        });
        if (summaries.size() > MAX_LINES) {
            text.append("… and ").append(summaries.size() - MAX_LINES).append(" more\n");
        }
        since(message).ifPresent(since -> text.append("\nSince ").append(since).append('\n'));
        if (board != null) {
            text.append("\nBoard: ").append(board).append('\n');
        }
        return text.toString();
    }

    private static String details(AlertSummary summary, boolean plain, String beforeJob, String beforeMessage) {
        if (plain) {
            return "";
        }
        String job = summary.job() == null ? "" : beforeJob + PlainText.of(summary.job(), MAX_JOB);
        return job + (summary.message() == null ? "" : beforeMessage + PlainText.of(summary.message(), MAX_MESSAGE));
    }

    private Optional<String> since(AlertMessage message) {
        // A deadline that is at risk is in the future.
        return message.alerts().size() == 1 && message.alerts().get(0).kind() != AlertKind.AT_RISK
                ? Optional.of(time.format(message.alerts().get(0).since()))
                : Optional.empty();
    }

    private String html(String title, AlertMessage message, List<AlertSummary> summaries) {
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>"
                + "<body style=\"font-family:sans-serif\">\n<h3>");
        html.append(StringEscapeUtils.escapeHtml4(title)).append("</h3>\n<table cellpadding=\"6\">\n");
        summaries.stream().limit(MAX_LINES).forEach(summary -> {
            String color = summary.problem() ? "#b3261e" : "#1e7a34";
            html.append("<tr><td style=\"color:").append(color).append("\"><b>");
            html.append(StringEscapeUtils.escapeHtml4(name(summary))).append("</b></td><td>");
            html.append(StringEscapeUtils.escapeHtml4(
                    summary.text() + details(summary, message.plain(), " · job ", " · ")));
            html.append("</td></tr>\n");
        });
        html.append("</table>\n");
        if (summaries.size() > MAX_LINES) {
            html.append("<p>… and ").append(summaries.size() - MAX_LINES).append(" more</p>\n");
        }
        since(message).ifPresent(since -> html.append("<p>Since ").append(since).append("</p>\n"));
        if (board != null) {
            String link = StringEscapeUtils.escapeHtml4(board);
            html.append("<p><a href=\"").append(link).append("\">Board</a></p>\n");
        }
        return html.append("</body></html>\n").toString();
    }
}
