package org.epmpulse.http;

import java.util.Map;

/** The outer object of every JSON reply of the API. */
public interface Envelope {

    boolean success();

    /** Contains the requested data. */
    record Success(boolean success, Object data) implements Envelope {

        public Success(Object data) {
            this(true, data);
        }
    }

    /** Contains an error. */
    record Failure(boolean success, Error error) implements Envelope {

        Failure(Error error) {
            this(false, error);
        }
    }

    /** The error of a {@link Failure}. */
    record Error(String code, String message, Map<String, Object> details) {}
}
