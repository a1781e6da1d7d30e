package org.epmpulse.slack;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.epmpulse.alerts.PlainText;

/**
 * Makes text from Slack safe to show in the log, in health and in replies: one short line of letters, digits and common
 * punctuation, without the token. Thread-safe.
 */
final class SlackText {

    /** In characters. */
    private static final int MAX_LENGTH = 200;

    private static final String REDACTED = "***";

    private static final Pattern CODE = Pattern.compile("[a-z0-9_]{1,64}");
    private static final Pattern SCOPE = Pattern.compile("[a-z0-9_.:-]{1,64}");

    /** Tokens of any app (https://docs.slack.dev/authentication/tokens). */
    private static final Pattern ANY_TOKEN =
            Pattern.compile("\\bx(?:ox[a-z]|app)[a-z0-9.]*-[a-z0-9-]*", Pattern.CASE_INSENSITIVE);

    private static final Pattern UNSAFE = Pattern.compile("[^\\p{L}\\p{M}\\p{N} .,:;'\"()\\[\\]{}/_#@+=|*%!?-]");
    private static final Pattern BLANKS = Pattern.compile(" {2,}");

    private final Pattern token;

    /** @param token the token of the calls, which is never part of a text */
    SlackText(String token) {
        this.token = Pattern.compile(Pattern.quote(token), Pattern.CASE_INSENSITIVE);
    }

    /** The text without unsafe characters, at most {@value #MAX_LENGTH} characters and {@code …}; may be empty. */
    String clean(String text) {
        return PlainText.of(redact(PlainText.of(text, Integer.MAX_VALUE)), MAX_LENGTH);
    }

    private String redact(String plain) {
        String safe = UNSAFE.matcher(withoutTokens(plain)).replaceAll("?");
        return BLANKS.matcher(withoutTokens(safe)).replaceAll(" ").strip();
    }

    private String withoutTokens(String text) {
        return ANY_TOKEN.matcher(token.matcher(text).replaceAll(REDACTED)).replaceAll(REDACTED);
    }

    /** Whether this is an error code: 1 to 64 lower-case letters, digits and underscores. */
    boolean isCode(String text) {
        return CODE.matcher(text).matches() && !token.matcher(text).find();
    }

    /** The scopes of the list, separated by a comma and a blank; what is no scope is left out. */
    String scopes(List<String> scopes) {
        List<String> valid = new ArrayList<>();
        scopes.forEach(scope -> {
            if (isScope(scope)) {
                valid.add(scope);
            }
        });
        return PlainText.of(String.join(", ", valid), MAX_LENGTH);
    }

    /** Whether this is the name of a scope, such as {@code canvases:write}. */
    boolean isScope(String text) {
        return SCOPE.matcher(text).matches() && !token.matcher(text).find();
    }
}
