package org.epmpulse.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.HttpsUrl;
import org.epmpulse.status.Names;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.WindowPlan;
import org.jspecify.annotations.Nullable;

/**
 * Reads the domains of the apps, each a name or an object with a rule. The rules are checked when all domains and the
 * close window are known. For one thread.
 */
final class DomainsReader {

    /** The domain of an app without a list of domains, as in EPMPulse 1.0. */
    private static final String DEFAULT_DOMAIN = "default";

    private static final int MAX_OWNER = 100;
    private static final int MAX_URL = 500;

    /** A rule as it was read. */
    private record ReadRule(
            Field by,
            List<Field> after,
            @Nullable String owner,
            @Nullable String runbook) {}

    private final Map<DomainId, ReadRule> rules = new LinkedHashMap<>();

    /** The names of the domains of an app. */
    List<String> read(String app, Field field) {
        if (!field.isAbsent() && field.items().isEmpty()) {
            field.warning("empty list; the app gets one domain \"" + DEFAULT_DOMAIN + "\"");
        }
        Set<String> domains = new LinkedHashSet<>();
        NameChecks names = new NameChecks("domain");
        for (Field item : field.items()) {
            if (item.isAbsent()) {
                item.error("must be the name of a domain, is null");
                continue;
            }
            Section section = item.isObject() ? item.section() : null;
            Field nameField = section == null ? item : section.get("name");
            if (nameField.isAbsent()) {
                nameField.error("must be the name of the domain");
                continue;
            }
            String name = nameField.name();
            if (name != null && !domains.add(name)) {
                item.error("duplicate domain \"" + name + "\"");
            } else if (name != null) {
                names.check(name, nameField);
                if (section != null) {
                    rules.put(new DomainId(app, name), rule(section));
                }
            }
        }
        return domains.isEmpty() ? List.of(DEFAULT_DOMAIN) : List.copyOf(domains);
    }

    private static ReadRule rule(Section section) {
        section.expectKeys("name", "by", "after", "owner", "runbook");
        return new ReadRule(
                section.get("by"),
                section.get("after").items(),
                owner(section.get("owner")),
                runbook(section.get("runbook")));
    }

    private static @Nullable String owner(Field field) {
        String text = field.text();
        if (text == null || text.isBlank()) {
            return null;
        }
        if (text.codePointCount(0, text.length()) > MAX_OWNER
                || text.codePoints().anyMatch(Character::isISOControl)) {
            field.error("must be at most " + MAX_OWNER + " characters, without control characters");
            return null;
        }
        return text;
    }

    private static @Nullable String runbook(Field field) {
        String text = field.text();
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.length() > MAX_URL || !HttpsUrl.isValid(text)) {
            field.error("must be an https address of at most " + MAX_URL + " characters, without a user name");
            return null;
        }
        return text;
    }

    /** The plan of all domains that were read; invalid rules are reported and left out. */
    WindowPlan plan(List<AppsConfig.App> apps, @Nullable CloseCalendar calendar) {
        List<DomainId> ids = AppsConfig.domainIds(apps);
        Set<DomainId> known = new LinkedHashSet<>(ids);
        Map<DomainId, Map<DomainId, Field>> after = new LinkedHashMap<>();
        rules.forEach((id, rule) -> {
            if (known.contains(id)) {
                after.put(id, after(rule.after(), known));
            }
        });
        removeCycles(after);
        Map<DomainId, DomainRule> checked = new LinkedHashMap<>();
        after.forEach((id, upstream) -> {
            ReadRule rule = Objects.requireNonNull(rules.get(id), "a rule that was read");
            checked.put(
                    id,
                    new DomainRule(
                            by(rule.by(), calendar), List.copyOf(upstream.keySet()), rule.owner(), rule.runbook()));
        });
        return new WindowPlan(ids, checked, calendar);
    }

    private static Map<DomainId, Field> after(List<Field> items, Set<DomainId> known) {
        Map<DomainId, Field> upstream = new LinkedHashMap<>();
        for (Field item : items) {
            String text = item.text();
            int slash = text == null ? -1 : text.indexOf('/');
            if (text == null) {
                continue;
            }
            DomainId id = slash < 0 ? null : new DomainId(text.substring(0, slash), text.substring(slash + 1));
            if (id == null || !known.contains(id)) {
                item.error("must be APP/DOMAIN of a configured domain, is " + Names.quote(text) + "."
                        + Problems.didYouMean(
                                text, known.stream().map(DomainId::toString).toList()));
            } else if (upstream.putIfAbsent(id, item) != null) {
                item.warning("duplicate domain \"" + text + "\"");
            }
        }
        return upstream;
    }

    /** Reports each cycle where its first domain names the next one, and removes that. */
    private static void removeCycles(Map<DomainId, Map<DomainId, Field>> after) {
        List<DomainId> cycle = cycle(after);
        while (cycle != null) {
            Map<DomainId, Field> first = Objects.requireNonNull(after.get(cycle.get(0)), "a domain of the cycle");
            Field item = Objects.requireNonNull(first.remove(cycle.get(1)), "the domain that it waits for");
            item.error("must not make a domain wait for itself: "
                    + cycle.stream().map(DomainId::toString).collect(Collectors.joining(" after ")));
            cycle = cycle(after);
        }
    }

    private static @Nullable List<DomainId> cycle(Map<DomainId, Map<DomainId, Field>> after) {
        Map<DomainId, List<DomainId>> names = new LinkedHashMap<>();
        after.forEach((id, upstream) -> names.put(id, new ArrayList<>(upstream.keySet())));
        return WindowPlan.cycle(names);
    }

    private static @Nullable Deadline by(Field field, @Nullable CloseCalendar calendar) {
        String text = field.text();
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            Deadline deadline = Deadline.parse(text);
            String problem =
                    calendar == null ? "needs close with starts, at the top of the file" : calendar.problem(deadline);
            if (problem == null) {
                return deadline;
            }
            field.error(problem);
        } catch (IllegalArgumentException e) {
            field.error(Objects.requireNonNull(e.getMessage()));
        }
        return null;
    }
}
