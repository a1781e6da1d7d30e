package org.epmpulse.slack;

import java.util.Map;
import java.util.Set;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.jspecify.annotations.Nullable;

/**
 * Classifies Slack's error codes and adds advice (https://docs.slack.dev/reference/methods/canvases.edit and the
 * pages of the other methods that {@link SlackClient} calls).
 */
public final class SlackErrors {

    private static final Set<String> TEMPORARY = Set.of(
            "canvas_editing_locked",
            "ratelimited",
            "rate_limited",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout");

    private static final Set<String> CONTENT = Set.of(
            "canvas_editing_failed",
            "canvas_creation_failed",
            "canvas_too_large",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_arg_name",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_form_data",
            "invalid_charset",
            "invalid_post_type",
            "missing_post_type",
            "msg_too_long",
            "no_text");

    private static final Set<String> CREDENTIAL = Set.of(
            "not_authed",
            "invalid_auth",
            "token_expired",
            "token_revoked",
            "account_inactive",
            "missing_scope",
            "not_allowed_token_type",
            "is_bot",
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "org_login_required",
            "team_access_not_granted",
            "team_added_to_org",
            "two_factor_setup_required",
            "method_deprecated",
            "deprecated_endpoint",
            "unknown_method");

    /** Those with which Slack refuses every call, of whatever kind. */
    private static final Set<String> TOKEN =
            Set.of("not_authed", "invalid_auth", "token_expired", "token_revoked", "account_inactive");

    private static final String FIND_CANVAS = "the channel already has a canvas; set canvas_id to its id, or grant"
            + " channels:read (private channels: groups:read) so that EPMPulse finds it";
    private static final String RESTRICTED = "a workspace administrator does not allow it";
    private static final String FREE_PLAN = "this plan supports channel canvases only";

    /** How to fix the error, for codes that do not explain it. */
    private static final Map<String, String> ADVICE = Map.ofEntries(
            Map.entry("not_in_channel", "invite the app to the channel with /invite"),
            Map.entry("channel_not_found", "the channel does not exist, or it is private and the app is not a member"),
            Map.entry("canvas_not_found", "missing, deleted or not shared with the app"),
            Map.entry("file_not_found", "missing, deleted or not shared with the app"),
            Map.entry("channel_canvas_already_exists", FIND_CANVAS),
            Map.entry("free_team_canvas_tab_already_exists", FIND_CANVAS),
            Map.entry("free_teams_cannot_create_standalone_canvases", FREE_PLAN),
            Map.entry("free_teams_cannot_create_non_tabbed_canvases", FREE_PLAN),
            Map.entry("free_teams_cannot_edit_standalone_canvases", FREE_PLAN),
            Map.entry("restricted_action", RESTRICTED),
            Map.entry("canvas_disabled_user_team", RESTRICTED));

    private SlackErrors() {}

    /**
     * Whether the channel cannot get a canvas of its own, because of the plan or because Slack cannot add a tab; a
     * standalone canvas may be possible (https://github.com/gugu91/pinet/issues/697).
     */
    public static boolean refusesChannelCanvases(SlackRefusedException failure) {
        return Set.of("team_tier_cannot_create_channel_canvases", "canvas_tab_creation_failed")
                .contains(failure.code());
    }

    /**
     * Whether the same text may be accepted by a second attempt: reported for larger edits
     * (https://github.com/gugu91/pinet/issues/386).
     */
    public static boolean mayPass(SlackRefusedException failure) {
        return failure.code().equals("canvas_editing_failed");
    }

    /** Whether the canvas was deleted or is not visible to the app; Slack reports both the same way. */
    public static boolean isMissingCanvas(SlackRefusedException failure) {
        return Set.of("canvas_not_found", "canvas_deleted").contains(failure.code());
    }

    /** Whether the token is refused for every call, and not only for this one. */
    static boolean isTokenRefused(SlackRefusedException failure) {
        return TOKEN.contains(failure.code());
    }

    /** Whether the token lacks a scope that the method requires. */
    public static boolean isMissingScope(SlackRefusedException failure) {
        return failure.code().equals("missing_scope");
    }

    /**
     * The exception for a response that is not ok. An unknown code, which Slack may add at any time, counts as a
     * refusal of this target only, so that other targets keep working.
     *
     * @param detail further explanation; null or blank if there is none
     */
    public static RuntimeException exception(String code, @Nullable String detail) {
        if (TEMPORARY.contains(code)) {
            return new SlackUnavailableException(code, null);
        }
        Blame blame =
                CONTENT.contains(code) ? Blame.CONTENT : CREDENTIAL.contains(code) ? Blame.CREDENTIAL : Blame.TARGET;
        return new SlackRefusedException(blame, code, detail == null || detail.isBlank() ? ADVICE.get(code) : detail);
    }
}
