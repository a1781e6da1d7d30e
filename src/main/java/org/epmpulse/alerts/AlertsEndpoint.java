package org.epmpulse.alerts;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.CamelContextHelper;
import org.epmpulse.work.WorkEndpoint;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * Each alert once, in the order in which the alerts of a domain happened. An alert is retried until the route has sent
 * it, also after a restart; it comes twice only if the process ends between the sending and the note of it. The body is
 * an {@link Alert}, or with {@code group} an {@link AlertMessage}; the variable {@code channel} is the recipient's id.
 */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "alerts",
        title = "Alerts",
        syntax = "alerts:sink",
        category = {Category.MONITORING},
        consumerOnly = true)
public final class AlertsEndpoint extends WorkEndpoint {

    @UriPath(
            description =
                    "The sink that gets the alerts: slack, mail, teams, webhook, pagerduty, or a name that you choose"
                            + " for a sink of your own. What was sent is kept for each name.")
    @Metadata(required = true)
    private final String sink;

    @UriParam(description = "Send only alerts of these applications: their ids, separated by commas. Default: all.")
    private String apps = "";

    @UriParam(
            description = "Send only alerts of these kinds, separated by commas: problem, recovered, reminder, digest,"
                    + " late, at_risk. Default: all.")
    private String kinds = "";

    @UriParam(
            defaultValue = "false",
            description =
                    "Whether many alerts within ten seconds are one message. The body is then an AlertMessage with"
                            + " a list of alerts, else an Alert.")
    private boolean group;

    @UriParam(
            description = "The time between two messages about a problem that is open and not acknowledged; 0 for no"
                    + " reminders. Default: the setting EPMPULSE_ALERT_REMINDER.")
    private @Nullable Duration reminder;

    @UriParam(
            defaultValue = "true",
            description = "Whether the alerts of quiet hours (EPMPULSE_QUIET) are collected, and sent after them.")
    private boolean quiet = true;

    private Set<AlertKind> kindFilter = Set.of();

    AlertsEndpoint(String uri, AlertsComponent component, String sink) {
        super(uri, component, "alerts:" + sink);
        this.sink = sink;
    }

    /** The sink that gets the alerts. */
    public String getSink() {
        return sink;
    }

    /** As it was set; empty for all. */
    public String getApps() {
        return apps;
    }

    /** Ids of the applications whose alerts are sent, separated by commas. The default is all. */
    public void setApps(String apps) {
        this.apps = apps;
    }

    /** As it was set; empty for all. */
    public String getKinds() {
        return kinds;
    }

    /** Labels of {@link AlertKind}s, separated by commas. The default is all. */
    public void setKinds(String kinds) {
        this.kinds = kinds;
        this.kindFilter = split(kinds).stream().map(AlertsEndpoint::kind).collect(Collectors.toUnmodifiableSet());
    }

    private static AlertKind kind(String label) {
        AlertKind kind = AlertKind.of(label);
        if (kind == null) {
            throw new IllegalArgumentException("kinds must be of "
                    + Arrays.stream(AlertKind.values()).map(AlertKind::label).toList() + ", is " + label);
        }
        return kind;
    }

    /** Whether many alerts within ten seconds are one message. */
    public boolean isGroup() {
        return group;
    }

    /** Whether many alerts within ten seconds are one message. The default is false. */
    public void setGroup(boolean group) {
        this.group = group;
    }

    /** Time between two messages about an open problem; null for the setting. */
    public @Nullable Duration getReminder() {
        return reminder;
    }

    /** Time between two messages about an open problem, 0 for no reminders. The default is the setting. */
    public void setReminder(Duration reminder) {
        if (reminder.isNegative()) {
            throw new IllegalArgumentException("reminder must be 0 or more, is " + reminder.toMillis() + " ms");
        }
        this.reminder = reminder;
    }

    /** Whether alerts are collected in quiet hours. */
    public boolean isQuiet() {
        return quiet;
    }

    /** Whether alerts are collected in quiet hours. The default is true. */
    public void setQuiet(boolean quiet) {
        this.quiet = quiet;
    }

    private static Set<String> split(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    protected WorkSource<?> source() {
        AlertSinks sinks = CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), AlertSinks.class);
        return sinks.sender(sink, new AlertOptions(split(apps), kindFilter, group, reminder, quiet));
    }
}
