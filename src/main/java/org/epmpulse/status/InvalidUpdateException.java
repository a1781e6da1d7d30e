package org.epmpulse.status;

import java.util.HashMap;
import java.util.Map;

/** An update was rejected; nothing was recorded, not even the other items of its batch. */
public final class InvalidUpdateException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The error code of the API's reply. */
    public enum Code {
        INVALID_REQUEST,
        INVALID_APP,
        INVALID_DOMAIN,
        INVALID_STATUS
    }

    private final Code code;
    private final transient Map<String, Object> details;

    /** @param details for the sender's program, such as the allowed values; empty if there are none */
    public InvalidUpdateException(Code code, String message, Map<String, Object> details) {
        super(message, null, false, false);
        this.code = code;
        this.details = Map.copyOf(details);
    }

    /** For routes of a site: the code is {@link Code#INVALID_REQUEST}. */
    public InvalidUpdateException(String message) {
        this(Code.INVALID_REQUEST, message);
    }

    public InvalidUpdateException(Code code, String message) {
        this(code, message, Map.of());
    }

    /** A copy that names the rejected item of the batch, counted from 0. */
    public InvalidUpdateException atIndex(int index) {
        Map<String, Object> withIndex = new HashMap<>(details);
        withIndex.put("index", index);
        return new InvalidUpdateException(code, String.valueOf(getMessage()), withIndex);
    }

    public Code code() {
        return code;
    }

    public Map<String, Object> details() {
        return details;
    }
}
