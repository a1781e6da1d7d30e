package org.epmpulse.http;

import java.util.Map;

/** What every reply of the API is wrapped in. */
public interface Envelope {

    boolean success();

    /** Around what was asked for. */
    record Success(boolean success, Object data) implements Envelope {

        public Success(Object data) {
            this(true, data);
        }
    }

    /** Around what went wrong. */
    record Failure(boolean success, Error error) implements Envelope {

        Failure(Error error) {
            this(false, error);
        }
    }

    /** What went wrong. */
    record Error(String code, String message, Map<String, Object> details) {}
}
