package org.epmpulse.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form of Slack's ids: a letter for the kind, then capital letters and digits
 * (https://docs.slack.dev/reference/methods/canvases.edit, https://docs.slack.dev/reference/objects/conversation-object).
 */
public final class SlackIds {

    private static final Pattern CANVAS = Pattern.compile("F[A-Z0-9]{1,49}");
    private static final Pattern USER = Pattern.compile("[UW][A-Z0-9]{1,49}");
    private static final Pattern CHANNEL = Pattern.compile("[CDG][A-Z0-9]{1,49}");

    private SlackIds() {}

    /** Whether this is the id of a canvas, such as {@code F0123456789}; null is none. */
    public static boolean isCanvas(@Nullable String id) {
        return id != null && CANVAS.matcher(id).matches();
    }

    /** Whether this is the id of a user, such as {@code U0123456789}; null is none. */
    public static boolean isUser(@Nullable String id) {
        return id != null && USER.matcher(id).matches();
    }

    /** Whether this is the id of a channel or conversation, such as {@code C0123456789}; null is none. */
    public static boolean isChannel(@Nullable String id) {
        return id != null && CHANNEL.matcher(id).matches();
    }
}
