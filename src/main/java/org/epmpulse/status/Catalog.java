package org.epmpulse.status;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The applications and domains that are configured, in the order of the configuration. Immutable. */
public record Catalog(Map<String, App> apps) {

    public Catalog {
        apps = Collections.unmodifiableMap(new LinkedHashMap<>(apps));
    }

    /**
     * A configured application.
     *
     * @param domains at least one, in the order of the configuration
     * @param channels ids of the Slack channels whose canvas shows it
     * @param uuidJobs whether its EPM product names jobs by UUID (Enterprise Data Management) and not by number
     */
    public record App(String id, String displayName, Set<String> domains, List<String> channels, boolean uuidJobs) {

        public App {
            domains = Collections.unmodifiableSet(new LinkedHashSet<>(domains));
            channels = List.copyOf(channels);
        }
    }

    /** The application with this id, or null if it is not configured. */
    public @Nullable App app(@Nullable String id) {
        return id == null ? null : apps.get(id);
    }

    /** Whether the board shows this domain. */
    public boolean shows(DomainId id) {
        App app = apps.get(id.app());
        return app != null && app.domains().contains(id.domain());
    }
}
