package org.epmpulse.store;

import java.util.HashMap;
import java.util.Map;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * Returns the same object for equal names, so that the many statuses and jobs read from files share their names in
 * memory. Not thread-safe.
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

    /** For texts that many entries share, such as the name of a key; null for null. */
    public @Nullable String text(@Nullable String text) {
        return text == null ? null : texts.computeIfAbsent(text, same -> same);
    }
}
