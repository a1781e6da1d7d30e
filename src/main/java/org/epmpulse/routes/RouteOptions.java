package org.epmpulse.routes;

import java.net.URISyntaxException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.catalog.RuntimeCamelCatalog;
import org.apache.camel.pollconsumer.quartz.QuartzScheduledPollConsumerScheduler;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.DefaultScheduledPollConsumerScheduler;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.ScheduledPollEndpoint;
import org.apache.camel.util.PropertiesHelper;
import org.apache.camel.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/**
 * Finds invalid options of endpoints with which Camel creates a route: it reads the options of a schedule only at the start,
 * and an invalid duration, number or time zone counts as 0 or GMT, without a message. For one thread.
 */
final class RouteOptions {

    private final CamelContext context;

    RouteOptions(CamelContext context) {
        this.context = context;
    }

    /**
     * The values of a URI that Camel cannot read but ignores.
     *
     * @param uri without placeholders
     */
    List<String> invalidValues(String uri) {
        RuntimeCamelCatalog catalog = context.getCamelContextExtension().getContextPlugin(RuntimeCamelCatalog.class);
        List<String> problems = new ArrayList<>();
        if (catalog.componentJSonSchema(RouteMessages.scheme(uri)) == null) {
            return problems;
        }
        try {
            Map<String, String> options = catalog.endpointProperties(uri);
            EndpointValidationResult result = catalog.validateProperties(RouteMessages.scheme(uri), options);
            add(problems, result.getInvalidDuration(), "must be a duration such as 30s or 1h30m");
            Map<String, String> integers = new LinkedHashMap<>();
            if (result.getInvalidInteger() != null) {
                integers.putAll(result.getInvalidInteger());
            }
            integers.values().removeIf(RouteOptions::isDuration);
            add(problems, integers, "must be a whole number, or a duration such as 30s");
            add(problems, result.getInvalidNumber(), "must be a number");
            options.forEach((name, value) -> {
                if (name.endsWith("timeZone") && isUnknownTimeZone(value)) {
                    add(problems, Map.of(name, value), "must be a time zone such as Europe/Berlin");
                }
            });
        } catch (URISyntaxException | RuntimeException e) {
            // The creation of the endpoint reports a URI that is none.
            return problems;
        }
        return problems;
    }

    private static void add(List<String> problems, @Nullable Map<String, String> options, String rule) {
        if (options != null) {
            options.forEach((name, value) -> {
                if (!value.contains("${")) {
                    problems.add(name + " " + rule + ", is \"" + value + "\"");
                }
            });
        }
    }

    /** Whether Camel reads a number of milliseconds. */
    private static boolean isDuration(String value) {
        try {
            return TimeUtils.toMilliSeconds(value) > 0;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static boolean isUnknownTimeZone(String id) {
        return !id.startsWith("#") && TimeZone.getTimeZone(id).getID().equals("GMT") && !id.startsWith("GMT");
    }

    /** Why the source cannot start to poll, as Camel says it only at the start; null if it can. */
    @Nullable
    String scheduleProblem(Endpoint input) {
        if (!(input instanceof ScheduledPollEndpoint)) {
            return null;
        }
        try {
            Consumer consumer = input.createConsumer(exchange -> {});
            return consumer instanceof ScheduledPollConsumer polling ? problem(polling) : null;
        } catch (Exception e) {
            // The creation of the route reports it.
            return null;
        }
    }

    /** As the start of the consumer does it, but without a schedule. */
    private @Nullable String problem(ScheduledPollConsumer consumer) {
        if (consumer.getBackoffMultiplier() > 0
                && consumer.getBackoffIdleThreshold() <= 0
                && consumer.getBackoffErrorThreshold() <= 0) {
            return "backoffMultiplier needs backoffIdleThreshold or backoffErrorThreshold";
        }
        ScheduledPollConsumerScheduler scheduler = consumer.getScheduler() == null
                ? new DefaultScheduledPollConsumerScheduler(null)
                : consumer.getScheduler();
        if (consumer.getSchedulerProperties() != null) {
            Map<String, Object> options = new LinkedHashMap<>(consumer.getSchedulerProperties());
            PropertiesHelper.extractProperties(options, "trigger.");
            PropertiesHelper.extractProperties(options, "job.");
            try {
                // Removes those that the scheduler has.
                PropertyBindingSupport.build().bind(context, scheduler, options);
            } catch (RuntimeException e) {
                return RouteFiles.singleLine(RouteFiles.rootCause(e)) + ": scheduler options " + options;
            }
            if (!options.isEmpty()) {
                return "unknown option \"scheduler."
                        + options.keySet().iterator().next() + "\"";
            }
        }
        return scheduler instanceof QuartzScheduledPollConsumerScheduler quartz ? cronProblem(quartz.getCron()) : null;
    }

    private static @Nullable String cronProblem(@Nullable String cron) {
        if (cron == null || cron.isBlank()) {
            return "scheduler.cron is missing";
        }
        try {
            CronExpression.validateExpression(cron.replace('+', ' '));
            return null;
        } catch (ParseException e) {
            return e.getMessage() + ": scheduler.cron \"" + cron + "\"";
        }
    }
}
