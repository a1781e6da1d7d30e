package org.epmpulse.store;

import java.util.HashMap;
import java.util.Map;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * The same object for the same name: each status and each part of a job that is read from a file would else have names of
 * its own. Not thread-safe.
 */
public final class NameInterner {

    private final Catalog catalog;
    private final Map<DomainId, DomainId> unconfigured = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();

    public NameInterner(Catalog catalog) {
        this.catalog = catalog;
    }

    public DomainId id(String app, String domain) {
        DomainId configured = catalog.domainId(app, domain);
        return configured != null ? configured : unconfigured.computeIfAbsent(new DomainId(app, domain), id -> id);
    }

    /** For what many have in common, such as the name of a key; null for null. */
    public @Nullable String text(@Nullable String text) {
        return text == null ? null : texts.computeIfAbsent(text, same -> same);
    }
}
