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
import org.epmpulse.config.SlackSocketSettings;
import org.jspecify.annotations.Nullable;

/**
 * Checks the Slack configuration against Slack, for {@code check --online}. It only reads, and stays within the
 * calls that Slack allows per minute: at most {@value #MAX_CALLS} channels and as many canvases, for at most one
 * minute. It stops when Slack does not respond. For one thread.
 */
public final class SlackCheck {

    /** Slack allows 50 such calls per minute; the rest is for a service that runs at the same time. */
    private static final int MAX_CALLS = 40;

    private static final Duration MAX_DURATION = Duration.ofMinutes(1);

    private static final String TOKEN = "SLACK_BOT_TOKEN";
    private static final String APP_TOKEN = "SLACK_APP_TOKEN";
    private static final String SCOPES = "Slack scopes";
    private static final String OAUTH_PAGE = "api.slack.com/apps, OAuth & Permissions";
    private static final Set<String> READ_CHANNELS = Set.of("channels:read", "groups:read");

    private final SlackClient slack;
    private final URI apiUrl;
    private final Collection<AppsConfig.Channel> channels;
    private final InstantSource steady;
    private final Instant deadline;
    private final List<OnlineFinding> findings = new ArrayList<>();

    private SlackCheck(SlackClient slack, URI apiUrl, Collection<AppsConfig.Channel> channels, InstantSource steady) {
        this.slack = slack;
        this.apiUrl = apiUrl;
        this.channels = channels;
        this.steady = steady;
        this.deadline = steady.instant().plus(MAX_DURATION);
    }

    /** Runs the check. Returns the findings in the order of the calls, at least one. */
    public static List<OnlineFinding> run(Configuration configuration, InstantSource steady) {
        List<OnlineFinding> all = new ArrayList<>(runBot(configuration, steady));
        SlackSocketSettings socket = configuration.settings().slackSocket();
        if (socket != null) {
            all.add(checkSocket(socket, configuration));
        }
        return all;
    }

    /** Asks for the address of a socket, as a start does, without opening it. */
    private static OnlineFinding checkSocket(SlackSocketSettings socket, Configuration configuration) {
        URI apiUrl = configuration.settings().slackApiUrl();
        try (SlackAppClient slack = new SlackAppClient(socket.appToken(), apiUrl, configuration.proxies())) {
            slack.openSocket();
            return OnlineFinding.ok(APP_TOKEN, "valid, buttons and commands are possible");
        } catch (SlackRefusedException e) {
            return OnlineFinding.error(
                    APP_TOKEN,
                    "was refused (" + e.code() + "): copy an app-level token (xapp-…) from api.slack.com/apps, Basic"
                            + " Information, and turn Socket Mode on");
        } catch (SlackRateLimitedException | SlackUnavailableException e) {
            return OnlineFinding.error("Slack at " + apiUrl, unavailable(e));
        }
    }

    private static List<OnlineFinding> runBot(Configuration configuration, InstantSource steady) {
        String token = configuration.settings().slackBotToken();
        if (token == null) {
            return List.of(OnlineFinding.note(TOKEN, "is not set: Slack is not checked, canvases are only previewed"));
        }
        URI apiUrl = configuration.settings().slackApiUrl();
        try (SlackClient slack = new SlackClient(token, apiUrl, configuration.proxies())) {
            SlackCheck check = new SlackCheck(
                    slack, apiUrl, configuration.apps().channels().values(), steady);
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
            findings.add(OnlineFinding.note(SCOPES, "Slack did not report the granted scopes"));
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
            findings.add(OnlineFinding.error("Slack at " + apiUrl, unavailable(e)));
            return null;
        }
        if (!identity.isBot()) {
            findings.add(OnlineFinding.error(
                    TOKEN,
                    "is a user token of " + identity.team()
                            + ", not a bot token: copy the Bot User OAuth Token (xoxb-…) from " + OAUTH_PAGE));
            return null;
        }
        findings.add(OnlineFinding.ok(TOKEN, "valid for @" + identity.app() + " in " + identity.team()));
        return identity;
    }

    private static String refusedToken(SlackRefusedException failure) {
        return switch (failure.code()) {
            case "invalid_auth", "not_authed" ->
                "is invalid (" + failure.code() + "): copy the Bot User OAuth Token (xoxb-…) from " + OAUTH_PAGE;
            case "token_revoked", "token_expired", "account_inactive" ->
                "is no longer valid (" + failure.code()
                        + "): reinstall the app and copy the new Bot User OAuth Token from " + OAUTH_PAGE;
            case "not_allowed_token_type", "is_bot" ->
                "is not a bot token (" + failure.code() + "): copy the Bot User OAuth Token (xoxb-…) from "
                        + OAUTH_PAGE;
            default -> "is refused by Slack: " + failure.getMessage();
        };
    }

    private static String unavailable(RuntimeException failure) {
        return failure instanceof SlackRateLimitedException
                ? "rate limited (" + failure.getMessage() + "): run the check again later"
                : failure.getMessage() + ": check SLACK_API_URL and the proxy or firewall";
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
        if (channels.stream().anyMatch(channel -> channel.canvasId() == null) && !canReadChannels(granted)) {
            missing.add(OnlineFinding.warning(
                    SCOPES,
                    missing(
                            "channels:read (private channels: groups:read)",
                            "existing canvases of channels are not found")));
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

    private static boolean canReadChannels(Set<String> granted) {
        return granted.stream().anyMatch(READ_CHANNELS::contains);
    }

    private void checkChannels(@Nullable Set<String> granted) {
        if (granted != null && !canReadChannels(granted)) {
            findings.add(OnlineFinding.note(
                    "Slack channels", "not checked: the scope channels:read or groups:read is required"));
            return;
        }
        checkEach("channels", List.copyOf(channels), SlackCheck::name, this::channel);
    }

    private OnlineFinding channel(AppsConfig.Channel channel) {
        String where = name(channel);
        SlackClient.Channel seen = slack.channel(channel.id());
        boolean needed = channel.alerts() || channel.canvasId() == null;
        if (seen.archived()) {
            return OnlineFinding.error(where, "is archived: remove it from apps.json or unarchive it");
        }
        if (!seen.member()) {
            String fix = "the app is not a member: enter /invite @<app name> in the channel";
            return needed ? OnlineFinding.error(where, fix) : OnlineFinding.warning(where, fix);
        }
        String existing = seen.canvases().board();
        if (channel.canvasId() == null && existing != null) {
            return OnlineFinding.note(where, "uses canvas " + existing + "; EPMPulse overwrites the canvas's content");
        }
        return OnlineFinding.ok(where, channel.canvasId() == null ? "a canvas will be created" : "the app is a member");
    }

    private void checkCanvases(@Nullable Set<String> granted) {
        List<AppsConfig.Channel> configured =
                channels.stream().filter(channel -> channel.canvasId() != null).toList();
        if (granted == null || granted.contains("canvases:read")) {
            checkEach("canvases", configured, SlackCheck::canvas, channel -> canvas(channel, slack::lookUpCanvas));
        } else if (granted.contains("files:read")) {
            checkEach("canvases", configured, SlackCheck::canvas, channel -> canvas(channel, slack::lookUpFile));
        } else if (!configured.isEmpty()) {
            findings.add(OnlineFinding.note(
                    "Slack canvases", "not checked: the scope canvases:read or files:read is required"));
        }
    }

    private static OnlineFinding canvas(AppsConfig.Channel channel, Consumer<String> lookUp) {
        lookUp.accept(String.valueOf(channel.canvasId()));
        return OnlineFinding.ok(canvas(channel), "the app has access");
    }

    private static String name(AppsConfig.Channel channel) {
        return "channel " + channel.id() + " (" + channel.name() + ")";
    }

    private static String canvas(AppsConfig.Channel channel) {
        return "canvas " + channel.canvasId() + " of " + channel.id() + " (" + channel.name() + ")";
    }

    /** Checks one channel after the other until the limits are reached or Slack does not respond. */
    private void checkEach(
            String what,
            List<AppsConfig.Channel> all,
            Function<AppsConfig.Channel, String> where,
            Function<AppsConfig.Channel, OnlineFinding> check) {
        for (int checked = 0; checked < all.size(); checked++) {
            String rest = (all.size() - checked) + " Slack " + what;
            if (checked == MAX_CALLS || !steady.instant().isBefore(deadline)) {
                findings.add(OnlineFinding.note(
                        rest,
                        "not checked: a check makes at most " + MAX_CALLS
                                + " calls of a kind and takes at most a minute"));
                return;
            }
            AppsConfig.Channel channel = all.get(checked);
            try {
                findings.add(check.apply(channel));
            } catch (SlackRefusedException e) {
                findings.add(refused(where.apply(channel), e));
            } catch (SlackRateLimitedException e) {
                findings.add(OnlineFinding.warning(rest, "not checked: " + unavailable(e)));
                return;
            } catch (SlackUnavailableException e) {
                findings.add(OnlineFinding.error(rest, "not checked: " + unavailable(e)));
                return;
            }
        }
    }

    /** Reading needs a scope that publishing does not need, so a missing scope is no error. */
    private static OnlineFinding refused(String where, SlackRefusedException failure) {
        return SlackErrors.isMissingScope(failure)
                ? OnlineFinding.warning(where, "not checked: " + failure.getMessage())
                : OnlineFinding.error(where, String.valueOf(failure.getMessage()));
    }
}
