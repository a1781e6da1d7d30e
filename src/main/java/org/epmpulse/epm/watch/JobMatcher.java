package org.epmpulse.epm.watch;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.JobRule;
import org.epmpulse.config.Watch.Column;
import org.epmpulse.status.DomainId;

/** Which domains a job of an environment belongs to, by the rules of the apps. Immutable. */
final class JobMatcher {

    private final List<AppsConfig.App> apps;

    /** @param apps whose jobs run in one application of one environment */
    JobMatcher(List<AppsConfig.App> apps) {
        this.apps = List.copyOf(apps);
    }

    /** At most one domain of each app: that of the first rule that matches. */
    List<DomainId> domains(ListedJob job) {
        List<DomainId> domains = new ArrayList<>(1);
        for (AppsConfig.App app : apps) {
            for (JobRule rule : app.jobs()) {
                if (rule.matches(job.name(), job.type(), job.user())) {
                    domains.add(new DomainId(app.id(), rule.domain()));
                    break;
                }
            }
        }
        return domains;
    }

    /** The domains that have a rule. */
    Set<DomainId> allDomains() {
        Set<DomainId> domains = new LinkedHashSet<>();
        apps.forEach(app -> app.jobs().forEach(rule -> domains.add(new DomainId(app.id(), rule.domain()))));
        return domains;
    }

    /** The columns without which a rule could match no job. */
    Set<Column> requiredColumns() {
        Set<Column> required = EnumSet.of(Column.ID, Column.NAME);
        required.addAll(columnsOfRules());
        return required;
    }

    /** The columns that the rules compare, beside the name. */
    Set<Column> columnsOfRules() {
        Set<Column> required = EnumSet.noneOf(Column.class);
        for (AppsConfig.App app : apps) {
            for (JobRule rule : app.jobs()) {
                if (rule.type() != null) {
                    required.add(Column.TYPE);
                }
                if (rule.user() != null) {
                    required.add(Column.USER);
                }
            }
        }
        return required;
    }
}
