package org.epmpulse.slack.canvas;

import java.util.Locale;

/** How an edit of a canvas ended. */
enum PublishResult {
    PUBLISHED,
    UNCHANGED,
    RATE_LIMITED,
    UNAVAILABLE,
    REFUSED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As the metric and the API name it. */
    String label() {
        return label;
    }
}
