package org.epmpulse.security;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Debounced;
import org.epmpulse.config.KeysFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the valid keys as the keys file says. While the file cannot be used, the keys it held before are valid. For one
 * thread; {@link #problem} is thread-safe.
 */
public final class KeysReload {

    private static final Logger LOG = LoggerFactory.getLogger(KeysReload.class);

    /**
     * What a look found. The text itself is compared, not its time or size: an edit within a second may keep both.
     *
     * @param text null if there is a problem
     */
    private record Found(@Nullable String text, @Nullable String problem) {}

    private final Path file;
    private final List<ApiKey> always;
    private final ApiKeys keys;
    private final Debounced<Found> settling;
    private volatile @Nullable String problem;

    /**
     * Reads the file and makes its keys valid beside those that are.
     *
     * @throws ConfigurationException if the file cannot be used
     */
    public KeysReload(Path file, ApiKeys keys) {
        this.file = file;
        this.always = keys.all();
        this.keys = keys;
        Found found = find();
        use(found);
        this.settling = new Debounced<>(found);
    }

    /** Reads the file again and takes over what changed in it. */
    public void look() {
        Found found = find();
        if (!settling.accept(found)) {
            return;
        }
        try {
            int count = use(found);
            LOG.info("{} was read again: {} keys", file, count);
            problem = null;
        } catch (ConfigurationException e) {
            String why = e.problems().get(0).message();
            if (!why.equals(problem)) {
                LOG.warn("{} cannot be used, the keys it held before are still valid: {}", file, why);
            }
            problem = why;
        }
    }

    /** Why the file cannot be used, without its path; null while it can. */
    public @Nullable String problem() {
        return problem;
    }

    private Found find() {
        try {
            return new Found(KeysFile.text(file), null);
        } catch (IOException e) {
            // The message of a file system names the path only.
            return new Found(null, "it must be a file that can be read");
        }
    }

    private int use(Found found) {
        if (found.text() == null) {
            throw new ConfigurationException(file.toString(), String.valueOf(found.problem()));
        }
        List<ApiKey> listed = KeysFile.parse(file, found.text());
        List<ApiKey> all = new ArrayList<>(listed);
        // The file says more about a key than EPMPULSE_API_KEY can.
        Set<String> known = listed.stream().map(ApiKey::sha256).collect(Collectors.toSet());
        always.stream().filter(key -> !known.contains(key.sha256())).forEach(all::add);
        keys.replace(all);
        return listed.size();
    }
}
