package org.epmpulse.config;

import java.util.regex.Pattern;

/** Masks secrets of addresses, also of those that are in no setting. */
public final class MaskedText {

    private static final String MASK = "***";

    /** A parameter of an address, such as {@code sig=…} or {@code password=RAW(…)}. */
    private static final Pattern PARAMETER = Pattern.compile(
            "([?&;]|%26|&amp;)([\\w.-]*(?:sig|signature|token|secret|passw|pwd|passphrase|key|code|credential|auth)[\\w.-]*=)"
                    + "(?!\\{\\{)(?:RAW\\([^)]*\\)|RAW\\{[^}]*\\}|[^&\\s\"'<>\\])},;]+)",
            Pattern.CASE_INSENSITIVE);

    /** The password before the host of an address. */
    private static final Pattern USER = Pattern.compile("(\\w://)[^/\\s:@\"']*:[^/\\s@\"']+@");

    /** Webhooks whose path is the secret. */
    private static final Pattern WEBHOOK = Pattern.compile(
            "(?<![\\w.-])((?:[\\w.-]*hook[\\w.-]*\\.\\w+|discord(?:app)?\\.com/api|api\\.telegram\\.org)/)"
                    + "[^\\s\"'<>,;)\\]]+",
            Pattern.CASE_INSENSITIVE);

    private MaskedText() {}

    /** The same object if nothing is to be masked. */
    public static String of(String text) {
        if (text.indexOf('/') < 0 && text.indexOf('=') < 0) {
            return text;
        }
        String parameters = PARAMETER.matcher(text).replaceAll("$1$2" + MASK);
        String users = USER.matcher(parameters).replaceAll("$1" + MASK + "@");
        String masked = WEBHOOK.matcher(users).replaceAll("$1" + MASK);
        return masked.equals(text) ? text : masked;
    }
}
