package org.epmpulse.config;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code alerts} of an app. Each of its keys is an address, a list of addresses, or false. For one thread. */
final class AlertTargetsReader {

    private final DeploymentMode mode;
    private final boolean hasMailServer;

    AlertTargetsReader(Settings settings) {
        this.mode = settings.mode();
        this.hasMailServer = settings.alerts().mailServer() != null;
    }

    AlertTargets read(Field field) {
        Section section = field.section();
        if (section == null) {
            return AlertTargets.DEFAULT;
        }
        section.expectKeys("mail", "teams", "webhook", "pagerduty");
        Field mail = section.get("mail");
        List<String> mailTo = targets(mail, AlertSettingsReader.MAIL_RULE, AlertSettingsReader::isMail);
        if (mailTo != null && !mailTo.isEmpty() && !hasMailServer) {
            mail.error("needs EPMPULSE_SMTP_URL, the server that sends e-mails");
        }
        return new AlertTargets(
                mailTo,
                urls(section.get("teams")),
                urls(section.get("webhook")),
                targets(section.get("pagerduty"), AlertSettingsReader.KEY_RULE, AlertSettingsReader::isKey));
    }

    private @Nullable List<String> urls(Field field) {
        return targets(field, AlertSettingsReader.URL_RULE, text -> AlertSettingsReader.parseUrl(text) != null);
    }

    /** Null if the field is absent. No message shows the text, which may be a secret. */
    private @Nullable List<String> targets(Field field, String rule, Function<String, Boolean> valid) {
        if (field.isAbsent()) {
            return null;
        }
        if (field.isFalse()) {
            return List.of();
        }
        Set<String> targets = new LinkedHashSet<>();
        for (Field item : field.items()) {
            String text = item.isAbsent() ? "" : item.text();
            if (text != null && !valid.apply(text)) {
                item.error(rule + ", or false");
            } else if (text != null) {
                targets.add(text);
                URI uri = rule.equals(AlertSettingsReader.URL_RULE) ? AlertSettingsReader.parseUrl(text) : null;
                if (uri != null) {
                    HttpAddress.checkEncrypted(
                            uri, mode, item.where(), item.context().problems());
                }
            }
        }
        return List.copyOf(targets);
    }
}
