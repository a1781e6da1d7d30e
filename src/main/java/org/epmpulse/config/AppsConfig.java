package org.epmpulse.config;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.window.WindowPlan;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code apps.json}, with variables and references resolved. Immutable, in the file's order.
 *
 * @param channels those that show at least one app
 * @param minUpdateInterval between edits of a canvas; null if not configured
 * @param windows the close window and the rules of the domains
 */
public record AppsConfig(
        Map<String, App> apps,
        Map<String, Server> servers,
        Map<String, Channel> channels,
        @Nullable Duration minUpdateInterval,
        Pull pull,
        WindowPlan windows) {

    static final AppsConfig EMPTY = new AppsConfig(Map.of(), Map.of(), Map.of(), null, Pull.DEFAULT);

    public AppsConfig {
        apps = Collections.unmodifiableMap(new LinkedHashMap<>(apps));
        servers = Collections.unmodifiableMap(new LinkedHashMap<>(servers));
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    }

    /** Without a close window and rules. */
    public AppsConfig(
            Map<String, App> apps,
            Map<String, Server> servers,
            Map<String, Channel> channels,
            @Nullable Duration minUpdateInterval,
            Pull pull) {
        this(
                apps,
                servers,
                channels,
                minUpdateInterval,
                pull,
                new WindowPlan(domainIds(apps.values()), Map.of(), null));
    }

    static List<DomainId> domainIds(Collection<App> apps) {
        return apps.stream()
                .flatMap(app -> app.domains().stream().map(domain -> new DomainId(app.id(), domain)))
                .toList();
    }

    /**
     * An application of the board.
     *
     * @param domains at least one
     * @param channels ids of {@link AppsConfig#channels}
     * @param server id of one of {@link AppsConfig#servers}; null if its jobs are not polled
     * @param jobs which jobs of a watched server belong to its domains; the first rule that matches a job counts
     * @param alerts where its alerts are sent beside Slack
     */
    public record App(
            String id,
            String displayName,
            List<String> domains,
            List<String> channels,
            @Nullable String server,
            List<JobRule> jobs,
            AlertTargets alerts) {

        public App {
            domains = List.copyOf(domains);
            channels = List.copyOf(channels);
            jobs = List.copyOf(jobs);
        }

        /** An app without rules for jobs and targets of alerts. */
        public App(
                String id, String displayName, List<String> domains, List<String> channels, @Nullable String server) {
            this(id, displayName, domains, channels, server, List.of(), AlertTargets.DEFAULT);
        }
    }

    /**
     * An EPM environment.
     *
     * @param baseUrl without a slash at its end; null if not configured
     * @param application its name in EPM; null for the name of the app that is polled
     * @param auth of this server or, if it has none, of all servers; null if not configured
     * @param watch how jobs that nobody posts are found; null if they are not looked for
     */
    public record Server(
            String id,
            String name,
            @Nullable URI baseUrl,
            Product product,
            @Nullable String application,
            @Nullable Auth auth,
            @Nullable Watch watch) {

        /** A server that is not watched. */
        public Server(
                String id,
                String name,
                @Nullable URI baseUrl,
                Product product,
                @Nullable String application,
                @Nullable Auth auth) {
            this(id, name, baseUrl, product, application, auth, null);
        }

        /** Whether its jobs can be polled. */
        public boolean configured() {
            return baseUrl != null && auth != null;
        }
    }

    /**
     * A Slack channel.
     *
     * @param canvasId null if EPMPulse creates or finds the canvas of the channel
     * @param alerts whether alerts are sent to the channel
     */
    public record Channel(String id, String name, @Nullable String canvasId, boolean alerts) {}

    /**
     * How running EPM jobs are polled.
     *
     * @param interval null if not configured
     * @param maxDuration after this a job is polled less often
     */
    public record Pull(boolean enabled, @Nullable Duration interval, Duration maxDuration) {

        static final Pull DEFAULT = new Pull(true, null, Duration.ofMinutes(60));
    }

    /** The applications and domains of the board. */
    public Catalog catalog() {
        Map<String, Catalog.App> catalog = new LinkedHashMap<>();
        apps.forEach((id, app) -> {
            Server server = server(app);
            boolean uuidJobs = server != null && server.product().hasUuidJobs();
            catalog.put(
                    id,
                    new Catalog.App(
                            id, app.displayName(), new LinkedHashSet<>(app.domains()), app.channels(), uuidJobs));
        });
        return new Catalog(catalog);
    }

    /** The server that runs an app's jobs; null if the app has none. */
    public @Nullable Server server(App app) {
        return app.server() == null ? null : servers.get(app.server());
    }

    /** The configured servers that at least one app uses; empty if polling is off. */
    public List<Server> polledServers() {
        if (!pull.enabled()) {
            return List.of();
        }
        return servers.values().stream()
                .filter(Server::configured)
                .filter(server ->
                        apps.values().stream().anyMatch(app -> server.id().equals(app.server())))
                .toList();
    }

    /** The polled servers whose jobs are looked for: they are watched, and an app has rules for their jobs. */
    public List<Server> watchedServers() {
        return polledServers().stream()
                .filter(server -> server.watch() != null)
                .filter(server -> apps.values().stream()
                        .anyMatch(app ->
                                server.id().equals(app.server()) && !app.jobs().isEmpty()))
                .toList();
    }

    /** The apps a channel shows. */
    public List<App> appsOf(Channel channel) {
        return apps.values().stream()
                .filter(app -> app.channels().contains(channel.id()))
                .toList();
    }
}
