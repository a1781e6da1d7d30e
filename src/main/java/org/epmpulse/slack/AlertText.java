package org.epmpulse.slack;

import java.util.List;
import java.util.regex.Pattern;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertSummary;
import org.epmpulse.alerts.PlainText;
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

    /**
     * The text of a message.
     *
     * @param alerts at least one
     * @param link address of the channel's canvas; null if unknown
     */
    String of(List<Alert> alerts, @Nullable String link) {
        String canvas = link == null ? "" : " · <" + link + "|canvas>";
        List<AlertSummary> domains = AlertSummary.of(alerts);
        return domains.size() == 1 ? line(domains.get(0), "*", MAX_MESSAGE) + canvas : list(domains, canvas);
    }

    /** The text of a message whose normal text Slack refused: short, without markup, link, job and message. */
    String plain(List<Alert> alerts) {
        List<AlertSummary> domains = AlertSummary.of(alerts);
        if (domains.size() != 1) {
            return AlertSummary.counts(domains);
        }
        AlertSummary only = domains.get(0);
        String name = PlainText.of(only.appName(), MAX_NAME) + " / " + PlainText.of(only.domain(), MAX_NAME);
        return PLAIN.matcher(name).replaceAll("?") + ": " + only.text();
    }

    /** Within the length limit. */
    private static String list(List<AlertSummary> domains, String canvas) {
        StringBuilder text = new StringBuilder("*" + AlertSummary.counts(domains) + "*" + canvas);
        int left = domains.size();
        for (AlertSummary domain : domains) {
            String line = "\n" + line(domain, "", MAX_MESSAGE_IN_LIST);
            String end = "\n… and " + left + " more";
            if (text.length() + line.length() + end.length() > MAX_LENGTH) {
                return text.append(end).toString();
            }
            text.append(line);
            left--;
        }
        return text.toString();
    }

    private static String line(AlertSummary domain, String mark, int maxMessage) {
        StringBuilder line = new StringBuilder(domain.state().symbol()).append(" ");
        line.append(mark)
                .append(MessageText.escape(domain.appName(), MAX_NAME))
                .append(" / ")
                .append(MessageText.escape(domain.domain(), MAX_NAME))
                .append(mark)
                .append(": ")
                .append(domain.text());
        if (domain.job() != null) {
            line.append(" · job ").append(MessageText.escape(domain.job(), MAX_JOB));
        }
        if (domain.message() != null) {
            line.append(" · ").append(MessageText.escape(domain.message(), maxMessage));
        }
        return line.toString();
    }
}
