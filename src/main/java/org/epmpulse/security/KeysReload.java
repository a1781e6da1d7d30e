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
 * Reloads the keys file when it changes. While the file is invalid, its previous keys stay valid. For one thread;
 * {@link #problem} is thread-safe.
 */
public final class KeysReload {

    private static final Logger LOG = LoggerFactory.getLogger(KeysReload.class);

    /**
     * The result of reading the file. Changes are detected by the text, because an edit may keep its time and size.
     *
     * @param text null if there is a problem
     */
    private record Content(@Nullable String text, @Nullable String problem) {}

    private final Path file;
    private final List<ApiKey> configuredKeys;
    private final ApiKeys keys;
    private final Debounced<Content> changes;
    private volatile @Nullable String problem;

    /**
     * Reads the file and adds its keys to the valid ones.
     *
     * @throws ConfigurationException if the file is invalid
     */
    public KeysReload(Path file, ApiKeys keys) {
        this.file = file;
        this.configuredKeys = keys.all();
        this.keys = keys;
        Content content = read();
        apply(content);
        this.changes = new Debounced<>(content);
    }

    /** Reads the file and applies its changes. */
    public void poll() {
        Content content = read();
        if (!changes.accept(content)) {
            return;
        }
        try {
            int count = apply(content);
            LOG.info("Keys file {}: reloaded: {} keys", file, count);
            problem = null;
        } catch (ConfigurationException e) {
            String reason = e.problems().get(0).message();
            if (!reason.equals(problem)) {
                LOG.warn("Keys file {}: rejected: {}; its previous keys stay valid", file, reason);
            }
            problem = reason;
        }
    }

    /** Why the file is invalid, without its path; null while it is valid. */
    public @Nullable String problem() {
        return problem;
    }

    private Content read() {
        try {
            return new Content(KeysFile.text(file), null);
        } catch (IOException e) {
            return new Content(null, "file " + KeysFile.reason(e));
        }
    }

    private int apply(Content content) {
        if (content.text() == null) {
            throw new ConfigurationException(file.toString(), String.valueOf(content.problem()));
        }
        List<ApiKey> listed = KeysFile.parse(file, content.text());
        List<ApiKey> all = new ArrayList<>(listed);
        // For a key in both, the file wins: it has a name and a role.
        Set<String> known = listed.stream().map(ApiKey::sha256).collect(Collectors.toSet());
        configuredKeys.stream().filter(key -> !known.contains(key.sha256())).forEach(all::add);
        keys.replace(all);
        return listed.size();
    }
}
