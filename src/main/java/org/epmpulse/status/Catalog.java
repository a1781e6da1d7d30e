package org.epmpulse.status;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The configured applications and domains, in the order of the configuration. Immutable. */
public record Catalog(Map<String, App> apps) {

    public Catalog {
        apps = Collections.unmodifiableMap(new LinkedHashMap<>(apps));
    }

    /**
     * A configured application.
     *
     * @param domainIds ids of its domains by name; at least one, in the order of the configuration
     * @param channels ids of the Slack channels whose canvas shows the application
     * @param uuidJobs whether its EPM product names jobs by UUID and not by number
     */
    public record App(
            String id, String displayName, Map<String, DomainId> domainIds, List<String> channels, boolean uuidJobs) {

        private static final Pattern NUMERIC_JOB = Pattern.compile("[0-9]{1,19}");
        private static final Pattern UUID_JOB =
                Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

        public App {
            domainIds = Collections.unmodifiableMap(new LinkedHashMap<>(domainIds));
            channels = List.copyOf(channels);
        }

        /** An application with domains of these names, in this order. */
        public App(String id, String displayName, Set<String> domains, List<String> channels, boolean uuidJobs) {
            this(id, displayName, domainIds(id, domains), channels, uuidJobs);
        }

        private static Map<String, DomainId> domainIds(String app, Set<String> domains) {
            Map<String, DomainId> ids = new LinkedHashMap<>();
            domains.forEach(domain -> ids.put(domain, new DomainId(app, domain)));
            return ids;
        }

        /** The names of its domains, in the order of the configuration. */
        public Set<String> domains() {
            return domainIds.keySet();
        }

        /** Whether a text has the form of an id of its EPM jobs. */
        boolean isEpmJobId(String text) {
            return (uuidJobs ? UUID_JOB : NUMERIC_JOB).matcher(text).matches();
        }

        /** The id of the EPM job if a sender names only its own id: the same, if it has the form of one; else null. */
        public @Nullable String defaultEpmJobId(@Nullable String jobId) {
            return jobId != null && isEpmJobId(jobId) ? jobId : null;
        }
    }

    /** The application with this id, or null if it is not configured. */
    public @Nullable App app(@Nullable String id) {
        return id == null ? null : apps.get(id);
    }

    /** All domains of all applications. */
    public Stream<DomainId> domainIds() {
        return apps.values().stream().flatMap(app -> app.domainIds().values().stream());
    }

    /** The id of a domain, always the same object; null if it is not configured. */
    public @Nullable DomainId domainId(String app, String domain) {
        App configured = apps.get(app);
        return configured == null ? null : configured.domainIds().get(domain);
    }

    /** Whether this domain is configured; the board shows only such domains. */
    public boolean contains(DomainId id) {
        return domainId(id.app(), id.domain()) != null;
    }
}
