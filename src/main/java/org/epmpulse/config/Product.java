package org.epmpulse.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The EPM products whose jobs can be polled. Each has its own REST path and its own status numbers. */
public enum Product {
    PLANNING,
    FCCS,
    ARCS,
    ARCS_TM,
    DATA_INTEGRATION,
    EDM;

    /** The value of {@code product} in apps.json. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> ids() {
        return Arrays.stream(values()).map(Product::id).toList();
    }

    static @Nullable Product byId(String id) {
        return Arrays.stream(values())
                .filter(product -> product.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
