package org.epmpulse.slack;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.OnlineFinding;
import org.jspecify.annotations.Nullable;

/**
 * Asks Slack whether what is configured can work, for {@code check --online}. It only reads, and asks no more than Slack
 * answers in a minute: at most {@value #MOST} channels and as many canvases, for no longer than a minute, and nothing
 * more once Slack does not answer. For one thread.
 */
public final class SlackCheck {

    /** Slack takes 50 such calls a minute; some are left for a service that runs meanwhile. */
    private static final int MOST = 40;

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static final String TOKEN = "SLACK_BOT_TOKEN";
    private static final String SCOPES = "Slack scopes";
    private static final String OAUTH_PAGE = "api.slack.com/apps, OAuth & Permissions";
    private static final Set<String> LOOK_AT_CHANNELS = Set.of("channels:read", "groups:read");

    private final SlackClient slack;
    private final URI apiUrl;
    private final Collection<AppsConfig.Channel> channels;
    private final InstantSource clock;
    private final Instant end;
    private final List<OnlineFinding> findings = new ArrayList<>();

    private SlackCheck(SlackClient slack, URI apiUrl, Collection<AppsConfig.Channel> channels, InstantSource clock) {
        this.slack = slack;
        this.apiUrl = apiUrl;
        this.channels = channels;
        this.clock = clock;
        this.end = clock.instant().plus(LONGEST);
    }

    /** What Slack says, in the order of asking; at least one finding. */
    public static List<OnlineFinding> run(Configuration configuration, InstantSource clock) {
        String token = configuration.settings().slackBotToken();
        if (token == null) {
            return List.of(OnlineFinding.note(TOKEN, "is not set: Slack is not asked, canvases are only previewed"));
        }
        URI apiUrl = configuration.settings().slackApiUrl();
        try (SlackClient slack = new SlackClient(token, apiUrl)) {
            SlackCheck check = new SlackCheck(
                    slack, apiUrl, configuration.apps().channels().values(), clock);
            check.run();
            return check.findings;
        }
    }

    private void run() {
        SlackClient.Identity identity = identity();
        if (identity == null) {
            return;
        }
        Set<String> scopes = identity.scopes();
        if (scopes == null) {
            findings.add(OnlineFinding.note(SCOPES, "Slack does not say which were granted"));
        } else {
            checkScopes(scopes);
        }
        checkChannels(scopes);
        checkCanvases(scopes);
    }

    private SlackClient.@Nullable Identity identity() {
        SlackClient.Identity identity;
        try {
            identity = slack.identity();
        } catch (SlackRefusedException e) {
            findings.add(OnlineFinding.error(TOKEN, refusedToken(e)));
            return null;
        } catch (SlackRateLimitedException | SlackUnavailableException e) {
            findings.add(OnlineFinding.error("Slack at " + apiUrl, unreachable(e)));
            return null;
        }
        if (!identity.isBot()) {
            findings.add(OnlineFinding.error(
                    TOKEN,
                    "is a person's token of " + identity.team() + ": take the Bot User OAuth Token (xoxb-…) from "
                            + OAUTH_PAGE));
            return null;
        }
        findings.add(OnlineFinding.ok(TOKEN, "of @" + identity.app() + " in " + identity.team()));
        return identity;
    }

    private static String refusedToken(SlackRefusedException failure) {
        return switch (failure.code()) {
            case "invalid_auth", "not_authed" ->
                "Slack does not know it (" + failure.code() + "): copy the Bot User OAuth Token (xoxb-…) from "
                        + OAUTH_PAGE;
            case "token_revoked", "token_expired", "account_inactive" ->
                "is no longer valid (" + failure.code()
                        + "): install the app again and copy the new Bot User OAuth Token" + " from " + OAUTH_PAGE;
            case "not_allowed_token_type", "is_bot" ->
                "is no bot token (" + failure.code() + "): take the Bot User OAuth Token (xoxb-…) from " + OAUTH_PAGE;
            default -> "Slack refuses it: " + failure.getMessage();
        };
    }

    private static String unreachable(RuntimeException failure) {
        return failure instanceof SlackRateLimitedException
                ? "asks to wait (" + failure.getMessage() + "): check again later"
                : failure.getMessage() + ": check SLACK_API_URL, and the proxy or firewall on the way";
    }

    private void checkScopes(Set<String> granted) {
        List<OnlineFinding> missing = new ArrayList<>();
        if (!granted.contains("canvases:write")) {
            missing.add(OnlineFinding.error(SCOPES, missing("canvases:write", "no canvas can be published")));
        }
        if (channels.stream().anyMatch(AppsConfig.Channel::alerts) && !granted.contains("chat:write")) {
            missing.add(OnlineFinding.error(
                    SCOPES, missing("chat:write", "no alert can be posted (or set alerts to false)")));
        }
        if (channels.stream().anyMatch(channel -> channel.canvasId() == null) && !mayLookAtChannels(granted)) {
            missing.add(OnlineFinding.warning(
                    SCOPES,
                    missing(
                            "channels:read (private channels: groups:read)",
                            "a canvas is made without looking whether the channel has one")));
        }
        findings.addAll(
                missing.isEmpty()
                        ? List.of(OnlineFinding.ok(SCOPES, String.join(", ", new TreeSet<>(granted))))
                        : missing);
    }

    private static String missing(String scope, String consequence) {
        return scope + " is missing, " + consequence + ": add it at " + OAUTH_PAGE
                + ", Bot Token Scopes, and reinstall the app";
    }

    private static boolean mayLookAtChannels(Set<String> granted) {
        return granted.stream().anyMatch(LOOK_AT_CHANNELS::contains);
    }

    private void checkChannels(@Nullable Set<String> granted) {
        if (granted != null && !mayLookAtChannels(granted)) {
            findings.add(OnlineFinding.note(
                    "Slack channels", "not looked at: that takes the scope channels:read or groups:read"));
            return;
        }
        askEach("channels", List.copyOf(channels), SlackCheck::name, this::channel);
    }

    private OnlineFinding channel(AppsConfig.Channel channel) {
        String where = name(channel);
        SlackClient.Channel seen = slack.channel(channel.id());
        boolean needed = channel.alerts() || channel.canvasId() == null;
        if (seen.archived()) {
            return OnlineFinding.error(where, "is archived: take it out of apps.json, or unarchive it");
        }
        if (!seen.member()) {
            String fix = "the app is not in it: type /invite @ and the app's name there";
            return needed ? OnlineFinding.error(where, fix) : OnlineFinding.warning(where, fix);
        }
        String existing = seen.canvases().board();
        if (channel.canvasId() == null && existing != null) {
            return OnlineFinding.note(where, "its canvas " + existing + " is used, what is on it is replaced");
        }
        return OnlineFinding.ok(where, channel.canvasId() == null ? "a canvas is made" : "the app is in it");
    }

    private void checkCanvases(@Nullable Set<String> granted) {
        List<AppsConfig.Channel> configured =
                channels.stream().filter(channel -> channel.canvasId() != null).toList();
        if (granted == null || granted.contains("canvases:read")) {
            askEach("canvases", configured, SlackCheck::canvas, channel -> canvas(channel, slack::lookUpCanvas));
        } else if (granted.contains("files:read")) {
            askEach("canvases", configured, SlackCheck::canvas, channel -> canvas(channel, slack::lookUpFile));
        } else if (!configured.isEmpty()) {
            findings.add(OnlineFinding.note(
                    "Slack canvases", "not looked at: that takes the scope canvases:read or files:read"));
        }
    }

    private static OnlineFinding canvas(AppsConfig.Channel channel, Consumer<String> lookUp) {
        lookUp.accept(String.valueOf(channel.canvasId()));
        return OnlineFinding.ok(canvas(channel), "the app sees it");
    }

    private static String name(AppsConfig.Channel channel) {
        return "channel " + channel.id() + " (" + channel.name() + ")";
    }

    private static String canvas(AppsConfig.Channel channel) {
        return "canvas " + channel.canvasId() + " of " + channel.id() + " (" + channel.name() + ")";
    }

    /** Asks about one channel after the other, for as long as Slack likes to answer. */
    private void askEach(
            String what,
            List<AppsConfig.Channel> all,
            Function<AppsConfig.Channel, String> where,
            Function<AppsConfig.Channel, OnlineFinding> question) {
        for (int asked = 0; asked < all.size(); asked++) {
            String rest = (all.size() - asked) + " " + what + " of Slack";
            if (asked == MOST || !clock.instant().isBefore(end)) {
                findings.add(OnlineFinding.note(rest, "not looked at: a check asks Slack for a minute's worth only"));
                return;
            }
            AppsConfig.Channel channel = all.get(asked);
            try {
                findings.add(question.apply(channel));
            } catch (SlackRefusedException e) {
                findings.add(refused(where.apply(channel), e));
            } catch (SlackRateLimitedException e) {
                findings.add(OnlineFinding.warning(rest, "not looked at: Slack " + unreachable(e)));
                return;
            } catch (SlackUnavailableException e) {
                findings.add(OnlineFinding.error(rest, "not looked at: " + unreachable(e)));
                return;
            }
        }
    }

    /** Looking takes a scope that publishing does not: without it nothing is known to be wrong. */
    private static OnlineFinding refused(String where, SlackRefusedException failure) {
        return SlackErrors.isMissingScope(failure)
                ? OnlineFinding.warning(where, "not looked at: " + failure.getMessage())
                : OnlineFinding.error(where, String.valueOf(failure.getMessage()));
    }
}
