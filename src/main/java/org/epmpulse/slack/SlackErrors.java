package org.epmpulse.slack;

import java.util.Map;
import java.util.Set;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.jspecify.annotations.Nullable;

/**
 * What to do about each of Slack's error codes (https://docs.slack.dev/reference/methods/canvases.edit and the pages of
 * the other methods that {@link SlackClient} calls).
 */
public final class SlackErrors {

    private static final Set<String> PASSING = Set.of(
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

    private static final String FIND_CANVAS = "the channel has a canvas already; write its id as canvas_id, or grant"
            + " channels:read (private channels: groups:read) so that it is found";
    private static final String RESTRICTED = "an administrator of the workspace does not allow it";
    private static final String FREE_PLAN = "this plan has canvases in channels only";

    /** For the person who has to do something about it, where the code does not say what. */
    private static final Map<String, String> ADVICE = Map.ofEntries(
            Map.entry("not_in_channel", "invite the app to the channel with /invite"),
            Map.entry("channel_not_found", "no such channel, or a private one that the app was not invited to"),
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

    /** Whether the plan has no canvases in channels; there may still be standalone ones. */
    public static boolean refusesChannelCanvases(SlackRefusedException failure) {
        return failure.code().equals("team_tier_cannot_create_channel_canvases");
    }

    /** Whether the canvas is gone, or out of the app's sight: Slack does not say which. */
    public static boolean isMissingCanvas(SlackRefusedException failure) {
        return Set.of("canvas_not_found", "canvas_deleted").contains(failure.code());
    }

    /** Whether the token has not the scope that the method takes. */
    public static boolean isMissingScope(SlackRefusedException failure) {
        return failure.code().equals("missing_scope");
    }

    /**
     * The exception for an answer that is not ok. A code that is not known counts against the target: the list grows
     * over time, and so the others go on.
     *
     * @param code null if Slack named none
     */
    public static RuntimeException exception(@Nullable String code, @Nullable String detail) {
        if (code == null || PASSING.contains(code)) {
            return new SlackUnavailableException(code == null ? "an answer without a reason" : code, null);
        }
        Blame blame =
                CONTENT.contains(code) ? Blame.CONTENT : CREDENTIAL.contains(code) ? Blame.CREDENTIAL : Blame.TARGET;
        return new SlackRefusedException(blame, code, detail == null || detail.isBlank() ? ADVICE.get(code) : detail);
    }
}
