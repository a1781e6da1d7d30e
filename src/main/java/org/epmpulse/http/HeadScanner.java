package org.epmpulse.http;

import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Checks the bytes of a request's head, one after the other, until the empty line that ends it, so that a head is parsed
 * only when it is complete: parsed headers take many times the memory of their bytes. It is stricter than RFC 9112
 * requires of a server, because a proxy may read a lenient form in another way: no line ends with a bare line feed, no
 * header is continued on the next line, and no space precedes a colon. Used by one event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-2.2">RFC 9112, Message Parsing</a>
 */
final class HeadScanner implements ByteProcessor {

    static final int MAX_FIELDS = 100;

    /** RFC 9112 asks for one empty line before a request to be ignored; some old clients send it after a body. */
    private static final int MAX_EMPTY_LINES = 2;

    private static final String VERSION = "HTTP/";
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private enum State {
        START,
        EMPTY_LINE_END,
        METHOD,
        TARGET,
        VERSION,
        LINE_END,
        FIELD_START,
        NAME,
        VALUE,
        HEAD_END,
        COMPLETE
    }

    private State state = State.START;
    private int bytes;
    private int emptyLines;
    private int fields;

    /** Characters of the current target or version. */
    private int length;

    private int version;
    private @Nullable MalformedRequestException problem;

    /** Prepares for the next head. */
    void reset() {
        state = State.START;
        bytes = 0;
        emptyLines = 0;
        fields = 0;
        length = 0;
        version = 0;
        problem = null;
    }

    /** Prepares for headers without a request line, such as the trailer of a chunked body. */
    void resetToFields() {
        reset();
        state = State.FIELD_START;
    }

    /** Whether a byte of the request line has arrived; an empty line before it is ignored. */
    boolean hasBegun() {
        return state != State.START && state != State.EMPTY_LINE_END;
    }

    /** Whether the last byte was that of the empty line. */
    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Why the bytes are no head; null if they are one up to now. */
    @Nullable
    MalformedRequestException problem() {
        return problem;
    }

    /** Checks the next byte; false if no more bytes belong to the head, or if it has a problem. */
    @Override
    public boolean process(byte value) {
        bytes++;
        switch (state) {
            case START -> start(value);
            case EMPTY_LINE_END -> lineEnd(value, State.START);
            case METHOD -> method(value);
            case TARGET -> target(value);
            case VERSION -> version(value);
            case LINE_END -> lineEnd(value, State.FIELD_START);
            case FIELD_START -> fieldStart(value);
            case NAME -> name(value);
            case VALUE -> value(value);
            default -> lineEnd(value, State.COMPLETE);
        }
        if (problem == null && bytes > ApiServer.MAX_REQUEST_LINE_BYTES && isRequestLine()) {
            problem = new MalformedRequestException(
                    414,
                    "The request line has more than " + ApiServer.MAX_REQUEST_LINE_BYTES + " bytes. Shorten the URL.");
        } else if (problem == null && bytes > ApiServer.MAX_HEAD_BYTES) {
            problem = new MalformedRequestException(
                    431,
                    "The request line and the headers have more than " + ApiServer.MAX_HEAD_BYTES
                            + " bytes. Send less.");
        }
        return problem == null && state != State.COMPLETE;
    }

    private boolean isRequestLine() {
        return state.compareTo(State.VERSION) <= 0;
    }

    private void start(byte value) {
        if (value == '\r' && emptyLines < MAX_EMPTY_LINES) {
            emptyLines++;
            state = State.EMPTY_LINE_END;
        } else if (isToken(value)) {
            state = State.METHOD;
        } else {
            fail("The request line must begin with a method.");
        }
    }

    private void method(byte value) {
        if (value == ' ') {
            state = State.TARGET;
            length = 0;
        } else if (!isToken(value)) {
            fail("The request line must be METHOD target HTTP/1.1, with single spaces.");
        }
    }

    /** Bytes from 0x80 are accepted, because clients send names in UTF-8 without encoding them. */
    private void target(byte value) {
        if (value == ' ' && length > 0) {
            state = State.VERSION;
            length = 0;
        } else if (isVisible(value)) {
            length++;
        } else {
            fail("The request line must be METHOD target HTTP/1.1, with single spaces.");
        }
    }

    private void version(byte value) {
        int at = length++;
        boolean expected;
        if (at < VERSION.length()) {
            expected = value == VERSION.charAt(at);
        } else if (at == VERSION.length() + 1) {
            expected = value == '.';
        } else if (at < VERSION.length() + 3) {
            expected = value >= '0' && value <= '9';
            version = version * 10 + value - '0';
        } else {
            expected = value == '\r';
            state = State.LINE_END;
        }
        if (!expected) {
            fail("The request line must end with HTTP/1.1 or HTTP/1.0, a carriage return and a line feed.");
        } else if (state == State.LINE_END && version != 10 && version != 11) {
            problem = new MalformedRequestException(505, "This version of HTTP is not supported. Use HTTP/1.1.");
        }
    }

    private void lineEnd(byte value, State next) {
        if (value == '\n') {
            state = next;
        } else {
            fail("A carriage return must be followed by a line feed.");
        }
    }

    private void fieldStart(byte value) {
        if (value == '\r') {
            state = State.HEAD_END;
        } else if (value == ' ' || value == '\t') {
            fail("A header must not be continued on the next line.");
        } else if (++fields > MAX_FIELDS) {
            problem = new MalformedRequestException(
                    431, "The request has more than " + MAX_FIELDS + " headers. Send less.");
        } else {
            state = State.NAME;
            length = 0;
            name(value);
        }
    }

    private void name(byte value) {
        if (value == ':' && length > 0) {
            state = State.VALUE;
        } else if (isToken(value)) {
            length++;
        } else {
            fail("The name of a header must be visible ASCII characters, followed by a colon without a space.");
        }
    }

    private void value(byte value) {
        if (value == '\r') {
            state = State.LINE_END;
        } else if (value != ' ' && value != '\t' && !isVisible(value)) {
            fail("The value of a header must not contain control characters.");
        }
    }

    private void fail(String message) {
        problem = new MalformedRequestException(400, message);
    }

    static boolean isToken(byte value) {
        return value >= 0 && TOKEN[value];
    }

    private static boolean isVisible(byte value) {
        return value < 0 || (value > ' ' && value != 0x7f);
    }
}
