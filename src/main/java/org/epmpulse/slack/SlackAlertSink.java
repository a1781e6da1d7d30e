package org.epmpulse.slack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.epmpulse.alerts.AlertChannel;
import org.epmpulse.alerts.AlertFailure;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.alerts.AlertLimits;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.AlertSink;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;

/** Sends alerts to Slack channels. Thread-safe. */
public final class SlackAlertSink implements AlertSink {

    /**
     * Slack accepts about one message per second and channel, and a few hundred per minute and workspace
     * (https://docs.slack.dev/apis/web-api/rate-limits).
     */
    static final AlertLimits LIMITS = new AlertLimits(Duration.ofSeconds(1), Duration.ofMillis(250));

    private final List<AlertChannel> channels;
    private final AlertText text;
    private final CanvasLinks links;

    /** @param names names of the channels that receive alerts, by id; may be empty */
    public SlackAlertSink(Map<String, String> names, Catalog catalog, CanvasLinks links) {
        this.channels = channels(names, catalog);
        this.text = new AlertText();
        this.links = links;
    }

    private static List<AlertChannel> channels(Map<String, String> names, Catalog catalog) {
        List<AlertChannel> channels = new ArrayList<>();
        names.forEach((id, name) -> {
            List<DomainId> domains = new ArrayList<>();
            for (Catalog.App app : catalog.apps().values()) {
                if (app.channels().contains(id)) {
                    domains.addAll(app.domainIds().values());
                }
            }
            channels.add(new AlertChannel(id, name, domains));
        });
        return List.copyOf(channels);
    }

    @Override
    public String name() {
        return "Slack";
    }

    @Override
    public List<AlertChannel> channels() {
        return channels;
    }

    @Override
    public AlertLimits limits() {
        return LIMITS;
    }

    /** Requests what the link to the channel's canvas needs. */
    @Override
    public void prepare() {
        links.prepare();
    }

    /** The text of a message, in mrkdwn. */
    public String text(AlertMessage message) {
        return message.plain() ? text.plain(message.alerts()) : text.of(message.alerts(), links.of(message.channel()));
    }

    /** Finds the Slack exception also if a route wrapped it. */
    @Override
    public AlertFailure classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SlackRateLimitedException limited) {
                return AlertFailure.rateLimited(limited.retryAfter());
            }
            if (cause instanceof SlackRefusedException refused) {
                return refused(refused);
            }
            if (cause instanceof SlackUnavailableException) {
                return AlertFailure.of(Kind.UNAVAILABLE, String.valueOf(cause.getMessage()));
            }
        }
        // Health is public, so the text of the exception is for the log only.
        return AlertFailure.of(Kind.UNEXPECTED, "unexpected error, see the log");
    }

    private static AlertFailure refused(SlackRefusedException refused) {
        Kind kind =
                switch (refused.blame()) {
                    case CONTENT -> Kind.CONTENT_REFUSED;
                    case TARGET -> Kind.CHANNEL_REFUSED;
                    case CREDENTIAL -> Kind.CREDENTIAL_REFUSED;
                };
        String problem = refused.detail() == null ? refused.code() : refused.code() + " (" + refused.detail() + ")";
        return AlertFailure.of(kind, problem);
    }
}
