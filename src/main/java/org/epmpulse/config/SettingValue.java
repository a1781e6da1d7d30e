package org.epmpulse.config;

/**
 * The value of a setting as {@code check} shows it.
 *
 * @param text {@code ***} for a secret, {@code -} if there is no value
 */
public record SettingValue(Setting setting, String text, Origin origin) {}
