package org.epmpulse.slack.canvas;

import java.util.Locale;

/** The result of a canvas edit. */
enum PublishResult {
    PUBLISHED,
    UNCHANGED,
    RATE_LIMITED,
    UNAVAILABLE,
    REFUSED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in the metric and the API. */
    String label() {
        return label;
    }
}
