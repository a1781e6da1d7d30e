package org.epmpulse.slack;

import java.util.Set;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.jspecify.annotations.Nullable;

/**
 * What to do about each of Slack's error codes (https://docs.slack.dev/reference/methods/canvases.edit,
 * https://docs.slack.dev/reference/methods/chat.postMessage).
 */
final class SlackErrors {

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

    private SlackErrors() {}

    /**
     * The exception for an answer that is not ok. A code that is not known counts against the target: the list grows
     * over time, and so the others go on.
     *
     * @param code null if Slack named none
     */
    static RuntimeException exception(@Nullable String code, @Nullable String detail) {
        if (code == null || PASSING.contains(code)) {
            return new SlackUnavailableException(code == null ? "an answer without a reason" : code, null);
        }
        Blame blame =
                CONTENT.contains(code) ? Blame.CONTENT : CREDENTIAL.contains(code) ? Blame.CREDENTIAL : Blame.TARGET;
        return new SlackRefusedException(blame, code, detail);
    }
}
