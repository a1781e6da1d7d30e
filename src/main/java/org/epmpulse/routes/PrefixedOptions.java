package org.epmpulse.routes;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.component.mail.SimpleSearchTerm;
import org.epmpulse.status.Names;
import org.quartz.impl.JobDetailImpl;
import org.quartz.impl.triggers.CronTriggerImpl;
import org.quartz.impl.triggers.SimpleTriggerImpl;

/**
 * Options with a prefix, such as {@code searchTerm.subject}: Camel sets what follows the prefix as a property of an object,
 * and ignores a name that the object does not have. Immutable.
 */
final class PrefixedOptions {

    /** Those of a trigger with cron, see {@code QuartzEndpoint}. */
    private static final Set<String> CRON_TRIGGER = Set.of("startAt", "endAt", "timeZone");

    private static final Set<String> MAIL = Set.of("imap", "imaps", "pop3", "pop3s");

    private final CamelContext context;

    PrefixedOptions(CamelContext context) {
        this.context = context;
    }

    /** The options whose prefix is known, but not their name, as problems. */
    List<String> unknown(String scheme, Map<String, String> options) {
        List<String> problems = new ArrayList<>();
        if (MAIL.contains(scheme)) {
            add(problems, options, "searchTerm.", properties(SimpleSearchTerm.class));
        } else if (scheme.equals("quartz")) {
            boolean cron = options.containsKey("cron");
            Set<String> trigger = properties(cron ? CronTriggerImpl.class : SimpleTriggerImpl.class);
            if (cron) {
                trigger.addAll(CRON_TRIGGER);
            }
            add(problems, options, "trigger.", trigger);
            add(problems, options, "job.", properties(JobDetailImpl.class));
        } else if (scheme.equals("ftp") || scheme.equals("ftps")) {
            // Not shipped.
            add(problems, options, "ftpClient.", properties("org.apache.commons.net.ftp.FTPSClient"));
            add(problems, options, "ftpClientConfig.", properties("org.apache.commons.net.ftp.FTPClientConfig"));
        }
        return problems;
    }

    private static void add(List<String> problems, Map<String, String> options, String prefix, Set<String> known) {
        List<String> names = known.stream().map(name -> prefix + name).toList();
        for (String option : options.keySet()) {
            if (option.startsWith(prefix) && !known.isEmpty() && !names.contains(option)) {
                problems.add("unknown option \"" + option + "\"." + Names.hint(option, names));
            }
        }
    }

    private Set<String> properties(String className) {
        Class<?> type = context.getClassResolver().resolveClass(className);
        return type == null ? Set.of() : properties(type);
    }

    private static Set<String> properties(Class<?> type) {
        Set<String> names = new TreeSet<>();
        for (Method method : type.getMethods()) {
            String name = method.getName();
            if (name.length() > 3 && name.startsWith("set") && method.getParameterCount() == 1) {
                names.add(Character.toLowerCase(name.charAt(3)) + name.substring(4));
            }
        }
        return names;
    }
}
