package org.epmpulse.routes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Debounced;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads changed files of {@code routes/site/}: it first creates all routes in a context of their own, and only if
 * that succeeds replaces the running routes of the changed file. For one thread.
 *
 * <p>Camel's {@code routesReloadEnabled} is not used: it changes the running routes before it has created the new ones,
 * keeps the routes of a deleted file, and removes routes of other files.
 */
public final class RouteReload {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

    /**
     * The files of a poll.
     *
     * @param unreadable why each of these files, whose routes may be running, cannot be read
     */
    private record SiteFiles(Map<Path, RouteFile> files, Map<Path, String> unreadable) {}

    private record Rejection(Optional<RouteFile> file, String reason) {}

    private final Path site;
    private final Configuration configuration;
    private final RunningRoutes running;
    private final RouteCheck check;
    private final Debounced<SiteFiles> debounced;
    private Map<Path, Rejection> rejected = Map.of();

    public RouteReload(Path site, Configuration configuration, RunningRoutes running, RouteCheck check) {
        this.site = site;
        this.configuration = configuration;
        this.running = running;
        this.check = check;
        Map<Path, RouteFile> files = new TreeMap<>();
        ofSite().forEach(file -> files.put(file.path(), file));
        this.debounced = new Debounced<>(new SiteFiles(files, Map.of()));
    }

    private List<RouteFile> ofSite() {
        return running.files().stream()
                .filter(file -> file.path().startsWith(site))
                .toList();
    }

    /** Reads the files again and loads the changes. */
    public void poll() {
        SiteFiles siteFiles = read();
        if (!debounced.accept(siteFiles)) {
            return;
        }
        Map<Path, Rejection> rejections = apply(changes(siteFiles));
        siteFiles.unreadable().forEach((path, reason) -> rejections.put(path, new Rejection(Optional.empty(), reason)));
        rejections.forEach((path, rejection) -> {
            if (!rejection.equals(rejected.get(path))) {
                LOG.warn("{}: change not applied: {}; the routes stay as they were", path, rejection.reason());
            }
        });
        rejected = rejections;
    }

    private SiteFiles read() {
        Map<Path, RouteFile> files = new TreeMap<>();
        Map<Path, String> unreadable = new TreeMap<>();
        try {
            for (Path path : paths()) {
                read(path, files, unreadable);
            }
        } catch (ConfigurationException e) {
            ofSite().forEach(file -> unreadable.put(file.path(), String.valueOf(e.getMessage())));
        }
        return new SiteFiles(files, unreadable);
    }

    private List<Path> paths() {
        if (!Files.isDirectory(site)) {
            // More likely an unavailable file system than a request to remove all routes.
            throw new ConfigurationException(site.toString(), "folder not found");
        }
        return RouteFiles.files(site);
    }

    private static void read(Path path, Map<Path, RouteFile> files, Map<Path, String> unreadable) {
        try {
            files.put(path, RouteFile.read(path, true));
        } catch (NoSuchFileException e) {
            LOG.debug("{}: deleted since its folder was read", path);
        } catch (IOException e) {
            unreadable.put(path, "must be a readable UTF-8 file");
        }
    }

    /** The files that differ from the running ones, deleted files (as empty) first. */
    private Map<Path, Optional<RouteFile>> changes(SiteFiles siteFiles) {
        Map<Path, Optional<RouteFile>> changes = new LinkedHashMap<>();
        for (RouteFile file : ofSite()) {
            if (!siteFiles.files().containsKey(file.path())
                    && !siteFiles.unreadable().containsKey(file.path())) {
                changes.put(file.path(), Optional.empty());
            }
        }
        siteFiles.files().forEach((path, file) -> {
            if (!file.equals(running.file(path))) {
                changes.put(path, Optional.of(file));
            }
        });
        return changes;
    }

    /** Loads the changes; returns those that cannot be loaded. */
    private Map<Path, Rejection> apply(Map<Path, Optional<RouteFile>> changes) {
        Map<Path, Rejection> rejections = new LinkedHashMap<>();
        boolean progress = true;
        // Retries as long as one succeeds: a file may need a route id that another file has to release first.
        while (progress) {
            progress = false;
            rejections.clear();
            for (Map.Entry<Path, Optional<RouteFile>> change : List.copyOf(changes.entrySet())) {
                String reason = apply(change.getKey(), change.getValue().orElse(null));
                if (reason == null) {
                    changes.remove(change.getKey());
                    progress = true;
                } else {
                    rejections.put(change.getKey(), new Rejection(change.getValue(), reason));
                }
            }
        }
        return rejections;
    }

    /** Loads one file or removes it; returns the reason if that fails, otherwise null. */
    private @Nullable String apply(Path path, @Nullable RouteFile after) {
        RouteFile before = running.file(path);
        try {
            String restart =
                    after == null ? null : check.create(configuration, running.filesWith(after), after::restartReason);
            if (restart == null && before != null) {
                restart = running.restartReason(before);
            }
            if (restart != null) {
                return "restart required: " + restart;
            }
            if (after != null) {
                running.replace(after);
            } else if (before != null) {
                running.remove(before);
            }
            return null;
        } catch (Exception | LinkageError e) {
            return RouteFiles.reason(e);
        }
    }
}
