package org.epmpulse.config;

import java.net.URI;
import java.time.Duration;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where alerts are sent beside Slack, and when. Immutable; its text holds no secret.
 *
 * @param mailServer null if no e-mails are sent
 * @param mailFrom the sender's address; empty if no e-mails are sent
 * @param mailTo the recipients of apps that name none; may be empty
 * @param teamsUrl a Workflows webhook, which is a secret; null if not set
 * @param webhookUrl a secret; null if not set
 * @param webhookSecret signs the messages to webhooks; null for no signature
 * @param pagerDutyKey an integration key; null if not set
 * @param pagerDutyUrl the address of PagerDuty's Events API
 * @param digest the time of day of the daily digest; null for none
 * @param reminder time between two messages about an open problem, 0 for no reminders
 * @param quiet in which alerts are collected
 * @param boardUrl the address of the board for people, for links in alerts; null if not set
 */
public record AlertSettings(
        @Nullable MailServer mailServer,
        String mailFrom,
        List<String> mailTo,
        @Nullable String teamsUrl,
        @Nullable String webhookUrl,
        @Nullable String webhookSecret,
        @Nullable String pagerDutyKey,
        URI pagerDutyUrl,
        @Nullable LocalTime digest,
        Duration reminder,
        QuietHours quiet,
        @Nullable URI boardUrl) {

    public AlertSettings {
        mailTo = List.copyOf(mailTo);
    }

    AlertSettings withoutReceivers() {
        return new AlertSettings(
                null, mailFrom, List.of(), null, null, null, null, pagerDutyUrl, digest, reminder, quiet, boardUrl);
    }

    /** The texts that are never shown. */
    Set<String> secrets() {
        Set<String> secrets = new HashSet<>();
        for (String secret : new @Nullable String[] {teamsUrl, webhookUrl, webhookSecret, pagerDutyKey}) {
            if (secret != null) {
                secrets.add(secret);
            }
        }
        if (mailServer != null) {
            secrets.add(mailServer.password());
        }
        return secrets;
    }

    @Override
    public String toString() {
        return "AlertSettings[mail " + (mailServer == null ? "off" : mailServer) + ", teams " + onOff(teamsUrl)
                + ", webhook " + onOff(webhookUrl) + ", pagerduty " + onOff(pagerDutyKey) + "]";
    }

    private static String onOff(@Nullable String target) {
        return target == null ? "off" : "on";
    }
}
