package org.epmpulse.routes;

import java.math.BigInteger;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.catalog.RuntimeCamelCatalog;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.Method;
import org.apache.camel.pollconsumer.quartz.QuartzScheduledPollConsumerScheduler;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.DefaultScheduledPollConsumerScheduler;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.ScheduledPollConsumer;
import org.apache.camel.support.ScheduledPollEndpoint;
import org.apache.camel.util.PropertiesHelper;
import org.epmpulse.status.Names;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/**
 * Finds invalid options of endpoints with which Camel creates a route: it reads the options of a schedule only at the start,
 * an invalid duration, number or time zone counts as 0 or GMT, without a message, and some values and names are ignored. For
 * one thread.
 */
final class RouteOptions {

    /** The terms of the option {@code sortTerm}, see {@code MailConverters}; Camel ignores others. */
    private static final Set<String> SORT_TERMS =
            Set.of("arrival", "cc", "date", "from", "reverse", "size", "subject", "to");

    /** Of the option {@code handleDuplicateAttachmentNames}; Camel ignores others. */
    private static final Set<String> DUPLICATE_NAMES = Set.of("never", "uuidPrefix", "uuidSuffix");

    /** Of sftp, which opens them only when it connects. */
    private static final Set<String> KEY_FILES = Set.of("privateKeyFile", "knownHostsFile");

    private static final Pattern RAW = Pattern.compile("=RAW(?:\\(.*?\\)|\\{.*?})(?=&|$)");
    private static final Pattern SENT_OR_RECEIVED = Pattern.compile("searchTerm\\.(from|to)(Sent|Received)Date");
    private static final Pattern NOW = Pattern.compile("now\\s?[+-]\\s?(.+)");
    private static final Pattern DONE_FILE = Pattern.compile("\\$(?:simple)?\\{file:name(?:\\.noext)?}");

    private final CamelContext context;
    private final PrefixedOptions prefixed;

    RouteOptions(CamelContext context) {
        this.context = context;
        this.prefixed = new PrefixedOptions(context);
    }

    /**
     * The values and names of a URI that Camel cannot read but ignores.
     *
     * @param uri without placeholders
     * @param late whether Camel creates the endpoint only when it is called, so that it has not checked the names either
     */
    List<String> invalidValues(String uri, boolean late) {
        RuntimeCamelCatalog catalog = context.getCamelContextExtension().getContextPlugin(RuntimeCamelCatalog.class);
        List<String> problems = new ArrayList<>();
        String scheme = RouteMessages.scheme(uri);
        if (catalog.componentJSonSchema(scheme) == null) {
            return problems;
        }
        try {
            Map<String, String> options =
                    catalog.endpointProperties(RAW.matcher(uri).replaceAll(Matcher.quoteReplacement("=#raw")));
            EndpointValidationResult result = catalog.validateProperties(scheme, options);
            add(problems, result.getInvalidDuration(), "must be a duration such as 30s or 1h30m");
            Map<String, String> integers = new LinkedHashMap<>();
            if (result.getInvalidInteger() != null) {
                integers.putAll(result.getInvalidInteger());
            }
            integers.values().removeIf(StepValues::isDuration);
            add(problems, integers, "must be a whole number, or a duration such as 30s");
            add(problems, result.getInvalidNumber(), "must be a number");
            add(problems, result.getInvalidBoolean(), "must be true or false");
            if (result.getInvalidEnum() != null) {
                result.getInvalidEnum()
                        .forEach((name, value) ->
                                add(problems, Map.of(name, value), "must be one of " + result.getEnumChoices(name)));
            }
            if (late && result.getUnknown() != null && !isLenient(scheme)) {
                result.getUnknown()
                        .forEach(name -> problems.add(
                                "unknown option \"" + name + "\"." + Names.hint(name, optionNames(scheme))));
            }
            problems.addAll(prefixed.unknown(scheme, options));
            addWords(problems, scheme, options);
            options.values().forEach(value -> StepValues.addDates(problems, value));
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

    /** Adds values whose rule the catalog has only in words. */
    private static void addWords(List<String> problems, String scheme, Map<String, String> options) {
        options.forEach((name, value) -> {
            if (value.startsWith("#")) {
                return;
            }
            if (name.equals("sortTerm") || name.equals("handleDuplicateAttachmentNames")) {
                Set<String> words = name.equals("sortTerm") ? SORT_TERMS : DUPLICATE_NAMES;
                for (String word : value.split(",")) {
                    if (!words.contains(word)) {
                        problems.add(name + " must be of " + new TreeSet<>(words) + ", is \"" + word + "\"");
                    }
                }
            } else if (SENT_OR_RECEIVED.matcher(name).matches() && value.startsWith("now")) {
                Matcher offset = NOW.matcher(value);
                if (!offset.matches() || !StepValues.isDuration(offset.group(1))) {
                    problems.add(name + " must be such as now-24h, is \"" + value + "\"");
                }
            } else if (name.equals("doneFileName")
                    && DONE_FILE.matcher(value).replaceAll("").contains("${")) {
                problems.add(
                        "doneFileName must have no other expression than ${file:name} and ${file:name.noext}, is \""
                                + value + "\"");
            } else if (name.equals("concurrentConsumers") && StepValues.isWholeNumber(value) && !isPositive(value)) {
                add(problems, Map.of(name, value), "must be at least 1");
            } else if (KEY_FILES.contains(name) && !Files.isReadable(Path.of(value))) {
                add(problems, Map.of(name, value), "must be a file that this user can read");
            } else if (scheme.equals("quartz")
                    && (name.equals("trigger.repeatInterval") || name.equals("trigger.repeatCount"))) {
                add(problems, StepValues.isWholeNumber(value) ? null : Map.of(name, value), "must be a whole number");
            }
        });
    }

    private static boolean isPositive(String wholeNumber) {
        return new BigInteger(wholeNumber).signum() > 0;
    }

    private boolean isLenient(String scheme) {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
        return factory == null || factory.isLenientProperties();
    }

    /** The names of the options of a component; empty if they are not known. */
    Collection<String> optionNames(String scheme) {
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
        return factory == null ? List.of() : factory.propertyNames();
    }

    private static void add(List<String> problems, @Nullable Map<String, String> options, String rule) {
        if (options != null) {
            options.forEach((name, value) -> {
                if (!value.contains("${") && !value.contains("{{")) {
                    problems.add(name + " " + rule + ", is \"" + value + "\"");
                }
            });
        }
    }

    private static boolean isUnknownTimeZone(String id) {
        return !id.startsWith("#") && TimeZone.getTimeZone(id).getID().equals("GMT") && !id.startsWith("GMT");
    }

    /** Why the source cannot start, as Camel says it only at the start; null if it can. */
    @Nullable
    String startProblem(Endpoint input) {
        if (input instanceof PlatformHttpEndpoint http) {
            return methodProblem(http.getHttpMethodRestrict());
        }
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

    private static @Nullable String methodProblem(@Nullable String methods) {
        try {
            Method.parseList(methods);
            return null;
        } catch (IllegalArgumentException e) {
            return "httpMethodRestrict must be of " + Method.getAll() + ", separated by commas, is \"" + methods + "\"";
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
