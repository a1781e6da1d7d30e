package org.epmpulse.alerts.mail;

import org.jspecify.annotations.Nullable;

/**
 * An e-mail. Immutable. The fields hold no line break.
 *
 * @param to addresses, separated by commas
 * @param messageId in angle brackets
 * @param references the ids of the thread, each in angle brackets; null for a mail that begins one, which has no such field
 */
public record AlertMail(
        String from,
        String to,
        String subject,
        String messageId,
        @Nullable String references,
        String text,
        String html) {}
