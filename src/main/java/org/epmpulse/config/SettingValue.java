package org.epmpulse.config;

/**
 * The value of a setting as {@code check} shows it.
 *
 * @param text {@code ***} for a secret, {@code -} if there is no value
 */
public record SettingValue(Setting setting, String text, Origin origin) {

    /** Text of a setting without a value. */
    static final String NONE = "-";

    /** Whether the text is the value itself, from apps.json or as the default. */
    boolean isUsable() {
        return (origin == Origin.DEFAULT || origin == Origin.APPS_FILE) && !text.equals(NONE);
    }
}
