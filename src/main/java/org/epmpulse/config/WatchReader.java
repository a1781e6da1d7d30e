package org.epmpulse.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.status.Status;
import org.epmpulse.status.UpdateValidator;
import org.jspecify.annotations.Nullable;

/** Reads {@code watch} of a server and {@code jobs} of an app. */
final class WatchReader {

    /** More rules would be compared with each of up to 100,000 jobs. */
    private static final int MAX_RULES = 1000;

    private static final int MAX_TEXT = 200;
    private static final int MAX_LOCATION = 1_000_000;
    private static final int MAX_LOCATIONS = 100;

    private WatchReader() {}

    /** Null if there is none, or it cannot be used, which is reported. */
    static @Nullable Watch watch(Field field, Product product) {
        Section section = field.section();
        if (section == null) {
            return null;
        }
        section.expectKeys("source", "interval", "max_age", "columns", "locations", "report");
        Watch.Source source = source(section.get("source"), product);
        if (source == null) {
            return null;
        }
        List<Integer> locations = locations(section.get("locations"), source);
        Watch.Report report = report(section.get("report"), source);
        boolean complete = (source != Watch.Source.RULES || !locations.isEmpty())
                && (source != Watch.Source.REPORT || report != null);
        Duration interval = interval(section.get("interval"), Watch.MIN_INTERVAL, Watch.MAX_INTERVAL);
        Duration maxAge = interval(section.get("max_age"), Duration.ofMinutes(10), Watch.LARGEST_MAX_AGE);
        return complete
                ? new Watch(
                        source,
                        Objects.requireNonNullElse(interval, Watch.DEFAULT_INTERVAL),
                        Objects.requireNonNullElse(maxAge, Watch.DEFAULT_MAX_AGE),
                        columns(section.get("columns")),
                        locations,
                        report)
                : null;
    }

    private static Watch.@Nullable Source source(Field field, Product product) {
        String text = Objects.requireNonNullElse(field.isAbsent() ? defaultSource(product) : field.text(), "");
        Watch.Source source = Arrays.stream(Watch.Source.values())
                .filter(known -> known.id().equals(text))
                .findFirst()
                .orElse(null);
        if (source == null && !field.isAbsent()) {
            field.error("unknown source \"" + text + "\", must be one of " + String.join(", ", Watch.Source.ids()) + "."
                    + Problems.didYouMean(text, Watch.Source.ids()));
            return null;
        }
        if (source == null || !isPossible(source, product)) {
            field.error(rule(product));
            return null;
        }
        if (source.experimental()) {
            field.warning("experimental: Oracle does not document how \"" + source.id()
                    + "\" finds jobs (run \"check --online\" before you rely on it)");
        }
        return source;
    }

    private static String defaultSource(Product product) {
        return product.hasApplications() ? Watch.Source.CONSOLE.id() : "";
    }

    private static boolean isPossible(Watch.Source source, Product product) {
        return switch (source) {
            case CONSOLE, IDS, REPORT -> product.hasApplications();
            case RULES -> product == Product.DATA_INTEGRATION;
        };
    }

    private static String rule(Product product) {
        if (product.hasApplications()) {
            return "must be console, or ids or report (experimental), for the product " + product.id();
        }
        return product == Product.DATA_INTEGRATION
                ? "must be rules (experimental) for the product data_integration"
                : "jobs of the product " + product.id() + " cannot be watched: Oracle documents no list of them (remove"
                        + " watch, and let a rule, pipeline or script post each job to /api/v1/status)";
    }

    private static @Nullable Duration interval(Field field, Duration least, Duration most) {
        String text = field.text();
        if (text == null) {
            return null;
        }
        Duration duration = Quantities.duration(text);
        if (duration == null || duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            field.error("must be a duration from " + Quantities.text(least) + " to " + Quantities.text(most)
                    + ", such as 5m or 1h30m");
            return null;
        }
        return duration;
    }

    private static Map<Watch.Column, String> columns(Field field) {
        Map<Watch.Column, String> columns = new EnumMap<>(Watch.Column.class);
        Section section = field.section();
        if (section == null) {
            return columns;
        }
        section.expectKeys(
                Arrays.stream(Watch.Column.values()).map(Watch.Column::id).toArray(String[]::new));
        for (Watch.Column column : Watch.Column.values()) {
            Field header = section.get(column.id());
            String text = text(header);
            if (text != null) {
                columns.put(column, text);
            }
        }
        return columns;
    }

    private static List<Integer> locations(Field field, Watch.Source source) {
        List<Integer> locations = new ArrayList<>();
        for (Field item : field.items()) {
            Integer location = item.number(MAX_LOCATION);
            if (location != null) {
                locations.add(location);
            }
        }
        if (source == Watch.Source.RULES && (locations.isEmpty() || locations.size() > MAX_LOCATIONS)) {
            field.error("must be the ids of 1 to " + MAX_LOCATIONS
                    + " locations of Data Integration, such as [1, 2]; EPM does not list them");
        }
        return locations;
    }

    private static Watch.@Nullable Report report(Field field, Watch.Source source) {
        Section section = field.section();
        if (section == null) {
            if (source == Watch.Source.REPORT) {
                field.error("missing; it names a report on tasks by \"group\", \"name\" and \"parameters\"");
            }
            return null;
        }
        section.expectKeys("group", "name", "parameters", "statuses");
        String group = required(section.get("group"));
        String name = reportName(section.get("name"));
        Map<String, String> parameters = new LinkedHashMap<>();
        members(section.get("parameters")).forEach(parameter -> {
            String value = parameter.text();
            if (value != null) {
                parameters.put(parameter.key(), value);
            }
        });
        Map<String, Status> statuses = new LinkedHashMap<>();
        members(section.get("statuses")).forEach(word -> {
            String label = word.text();
            Status status = Status.ofLabel(label);
            if (status != null) {
                statuses.put(word.key(), status);
            } else if (label != null) {
                word.error("must be one of " + String.join(", ", Status.labels()));
            }
        });
        return group == null || name == null ? null : new Watch.Report(group, name, parameters, statuses);
    }

    /** It is the {@code job_id} of the updates, and must be valid as one. */
    private static @Nullable String reportName(Field field) {
        if (field.isAbsent()) {
            field.error("missing");
        }
        String text = field.text();
        if (text == null) {
            return null;
        }
        String name = text.strip();
        if (name.isEmpty()
                || name.codePointCount(0, name.length()) > UpdateValidator.MAX_JOB_ID
                || name.codePoints().anyMatch(Character::isISOControl)) {
            field.error("must have 1 to " + UpdateValidator.MAX_JOB_ID
                    + " characters and no control characters, because it is the job_id of the updates");
            return null;
        }
        return name;
    }

    private static List<Field> members(Field field) {
        Section section = field.section();
        return section == null ? List.of() : section.fields();
    }

    /** The rules of an app, in the file's order. */
    static List<JobRule> rules(Field field, Set<String> domains) {
        List<JobRule> rules = new ArrayList<>();
        for (Field item : field.items()) {
            if (rules.size() == MAX_RULES) {
                field.error("more than " + MAX_RULES + " rules; use * in names");
                break;
            }
            Section section = item.section();
            if (section == null) {
                if (item.isAbsent()) {
                    item.error("must be an object in braces, is null");
                }
                continue;
            }
            section.expectKeys("name", "type", "user", "domain");
            String name = required(section.get("name"));
            String type = text(section.get("type"));
            String user = text(section.get("user"));
            String domain = domain(section.get("domain"), domains);
            if (name != null && domain != null) {
                rules.add(new JobRule(name, type, user, domain));
            }
        }
        return rules;
    }

    private static @Nullable String domain(Field field, Set<String> domains) {
        if (field.isAbsent() && domains.size() == 1) {
            return domains.iterator().next();
        }
        String domain = required(field);
        if (domain != null && !domains.contains(domain)) {
            field.error("unknown domain \"" + domain + "\"." + Problems.didYouMean(domain, domains));
            return null;
        }
        return domain;
    }

    private static @Nullable String required(Field field) {
        if (field.isAbsent()) {
            field.error("missing");
        }
        return text(field);
    }

    private static @Nullable String text(Field field) {
        String text = field.text();
        if (text == null) {
            return null;
        }
        if (text.isBlank() || text.length() > MAX_TEXT) {
            field.error("must be 1 to " + MAX_TEXT + " characters long");
            return null;
        }
        return text.strip();
    }
}
