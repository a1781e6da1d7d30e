package org.epmpulse.http;

import java.util.Map;

/** A request names something that does not exist. */
public final class NotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Map<String, Object> details;

    public NotFoundException(String message, Map<String, Object> details) {
        super(message, null, false, false);
        this.details = Map.copyOf(details);
    }

    public Map<String, Object> details() {
        return details;
    }
}
