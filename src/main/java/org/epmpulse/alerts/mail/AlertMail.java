package org.epmpulse.alerts.mail;

/**
 * An e-mail. Immutable. The fields hold no line break.
 *
 * @param to addresses, separated by commas
 * @param messageId in angle brackets
 * @param references the ids of the thread, each in angle brackets; empty for a mail that begins one
 */
public record AlertMail(
        String from, String to, String subject, String messageId, String references, String text, String html) {}
