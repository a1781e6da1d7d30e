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
 * Lets the routes of {@code routes/site/} follow their files: all routes are made in a context of their own first, and
 * only where that works the changed file's running ones are replaced. For one thread.
 *
 * <p>Not Camel's {@code routesReloadEnabled}: it changes the running routes before it knows whether the new ones can be
 * made, goes on with the routes of a deleted file and takes others with it.
 */
public final class RouteReload {

    private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

    /**
     * What a look found.
     *
     * @param unreadable why each of these files, which may run, cannot be read
     */
    private record Found(Map<Path, RouteFile> files, Map<Path, String> unreadable) {}

    private record Refused(Optional<RouteFile> file, String why) {}

    private final Path site;
    private final Configuration configuration;
    private final RunningRoutes running;
    private final RouteCheck check;
    private final Debounced<Found> settling;
    private Map<Path, Refused> refused = Map.of();

    public RouteReload(Path site, Configuration configuration, RunningRoutes running, RouteCheck check) {
        this.site = site;
        this.configuration = configuration;
        this.running = running;
        this.check = check;
        Map<Path, RouteFile> files = new TreeMap<>();
        ofSite().forEach(file -> files.put(file.path(), file));
        this.settling = new Debounced<>(new Found(files, Map.of()));
    }

    private List<RouteFile> ofSite() {
        return running.files().stream()
                .filter(file -> file.path().startsWith(site))
                .toList();
    }

    /** Reads the files again and takes over what changed in them. */
    public void look() {
        Found found = find();
        if (!settling.accept(found)) {
            return;
        }
        Map<Path, Refused> nowRefused = take(changes(found));
        found.unreadable().forEach((path, why) -> nowRefused.put(path, new Refused(Optional.empty(), why)));
        nowRefused.forEach((path, refusal) -> {
            if (!refusal.equals(refused.get(path))) {
                LOG.warn("{} is not in effect, what ran before goes on: {}", path, refusal.why());
            }
        });
        refused = nowRefused;
    }

    private Found find() {
        Map<Path, RouteFile> files = new TreeMap<>();
        Map<Path, String> unreadable = new TreeMap<>();
        try {
            for (Path path : paths()) {
                read(path, files, unreadable);
            }
        } catch (ConfigurationException e) {
            ofSite().forEach(file -> unreadable.put(file.path(), String.valueOf(e.getMessage())));
        }
        return new Found(files, unreadable);
    }

    private List<Path> paths() {
        if (!Files.isDirectory(site)) {
            // Rather a file system that is away for a moment than the wish to end all routes.
            throw new ConfigurationException(site.toString(), "there is no such folder");
        }
        return RouteFiles.files(site);
    }

    private static void read(Path path, Map<Path, RouteFile> files, Map<Path, String> unreadable) {
        try {
            files.put(path, RouteFile.read(path, true));
        } catch (NoSuchFileException e) {
            LOG.debug("{} has gone since its folder was read", path);
        } catch (IOException e) {
            unreadable.put(path, "must be a file of UTF-8 that can be read");
        }
    }

    /** What each file is to be that is not as it runs, empty if it is to go; those that go come first. */
    private Map<Path, Optional<RouteFile>> changes(Found found) {
        Map<Path, Optional<RouteFile>> changes = new LinkedHashMap<>();
        for (RouteFile file : ofSite()) {
            if (!found.files().containsKey(file.path()) && !found.unreadable().containsKey(file.path())) {
                changes.put(file.path(), Optional.empty());
            }
        }
        found.files().forEach((path, file) -> {
            if (!file.equals(running.file(path))) {
                changes.put(path, Optional.of(file));
            }
        });
        return changes;
    }

    /** Takes over what can be, and says why the rest cannot. */
    private Map<Path, Refused> take(Map<Path, Optional<RouteFile>> changes) {
        Map<Path, Refused> refusals = new LinkedHashMap<>();
        boolean progress = true;
        // A file may wait for another one to give up the id of a route.
        while (progress) {
            progress = false;
            refusals.clear();
            for (Map.Entry<Path, Optional<RouteFile>> change : List.copyOf(changes.entrySet())) {
                String why = take(change.getKey(), change.getValue().orElse(null));
                if (why == null) {
                    changes.remove(change.getKey());
                    progress = true;
                } else {
                    refusals.put(change.getKey(), new Refused(change.getValue(), why));
                }
            }
        }
        return refusals;
    }

    /** Null, or why it cannot be taken over. */
    private @Nullable String take(Path path, @Nullable RouteFile after) {
        RouteFile before = running.file(path);
        try {
            String restart =
                    after == null ? null : check.make(configuration, running.filesWith(after), after::whyRestart);
            if (restart == null && before != null) {
                restart = running.whyRestart(before);
            }
            if (restart != null) {
                return "a restart is needed, " + restart;
            }
            if (after != null) {
                running.put(after);
            } else if (before != null) {
                running.remove(before);
            }
            return null;
        } catch (Exception | LinkageError e) {
            return RouteFiles.reason(e);
        }
    }
}
