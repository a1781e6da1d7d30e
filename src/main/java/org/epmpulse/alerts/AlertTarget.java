package org.epmpulse.alerts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.config.AlertSettings;
import org.epmpulse.config.AlertTargets;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * A recipient that the settings or apps.json name. Immutable; its text holds no address, which may be a secret.
 *
 * @param channel its id is the name of the sink, with the app's id after a slash if apps.json names the recipient
 * @param addresses one, or for e-mails one or more
 */
public record AlertTarget(AlertChannel channel, List<String> addresses) {

    public AlertTarget {
        addresses = List.copyOf(addresses);
    }

    /** The recipients of e-mails; empty without a mail server. */
    public static List<AlertTarget> mail(Configuration configuration) {
        AlertSettings settings = configuration.settings().alerts();
        return settings.mailServer() == null
                ? List.of()
                : of("mail", true, configuration.apps(), settings.mailTo(), AlertTargets::mail);
    }

    /** The Workflows webhooks of Microsoft Teams. */
    public static List<AlertTarget> teams(Configuration configuration) {
        String url = configuration.settings().alerts().teamsUrl();
        return of("teams", false, configuration.apps(), list(url), AlertTargets::teams);
    }

    /** The generic webhooks. */
    public static List<AlertTarget> webhook(Configuration configuration) {
        String url = configuration.settings().alerts().webhookUrl();
        return of("webhook", false, configuration.apps(), list(url), AlertTargets::webhook);
    }

    /** The services of PagerDuty. */
    public static List<AlertTarget> pagerDuty(Configuration configuration) {
        String key = configuration.settings().alerts().pagerDutyKey();
        return of("pagerduty", false, configuration.apps(), list(key), AlertTargets::pagerDuty);
    }

    private static List<String> list(@Nullable String address) {
        return address == null ? List.of() : List.of(address);
    }

    /**
     * The recipients of a sink. Apps that name none share those of the settings.
     *
     * @param sink its name
     * @param together whether several addresses are one recipient
     * @param defaults of the settings; may be empty
     * @param targets of an app: null for the settings, empty for none
     */
    private static List<AlertTarget> of(
            String sink,
            boolean together,
            AppsConfig apps,
            List<String> defaults,
            Function<AlertTargets, @Nullable List<String>> targets) {
        List<DomainId> withDefaults = new ArrayList<>();
        Map<String, AlertTarget> found = new LinkedHashMap<>();
        for (AppsConfig.App app : apps.apps().values()) {
            List<DomainId> domains = app.domains().stream()
                    .map(domain -> new DomainId(app.id(), domain))
                    .toList();
            List<String> own = targets.apply(app.alerts());
            if (own == null) {
                withDefaults.addAll(domains);
            } else {
                add(found, sink + "/" + app.id(), sink + " of " + app.displayName(), domains, own, together);
            }
        }
        add(found, sink, sink, withDefaults, defaults, together);
        return List.copyOf(found.values());
    }

    private static void add(
            Map<String, AlertTarget> found,
            String id,
            String name,
            List<DomainId> domains,
            List<String> addresses,
            boolean together) {
        if (domains.isEmpty() || addresses.isEmpty()) {
            return;
        }
        if (together) {
            found.put(id, new AlertTarget(new AlertChannel(id, name, domains), addresses));
            return;
        }
        for (int i = 0; i < addresses.size(); i++) {
            String numbered = i == 0 ? id : id + "/" + (i + 1);
            AlertChannel channel = new AlertChannel(numbered, i == 0 ? name : name + ", " + (i + 1), domains);
            found.put(numbered, new AlertTarget(channel, List.of(addresses.get(i))));
        }
    }

    @Override
    public String toString() {
        return "AlertTarget[" + channel.id() + "]";
    }
}
