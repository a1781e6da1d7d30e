package org.epmpulse.config;

/**
 * What a setting is, as {@code check} shows it.
 *
 * @param text {@code ***} for a secret, {@code -} where there is none
 */
public record SettingValue(Setting setting, String text, Origin origin) {}
