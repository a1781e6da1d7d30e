package org.epmpulse.slack;

import org.jspecify.annotations.Nullable;

/** Slack understood the call and will not do it; the same call again will not work. */
public final class SlackRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What is to blame, and so what may still work. */
    public enum Blame {
        /** The text: another one may be taken. */
        CONTENT,
        /** This canvas or channel: others may work. */
        TARGET,
        /** The token or the app: nothing will work until somebody mends it. */
        CREDENTIAL
    }

    private final Blame blame;
    private final String code;
    private final @Nullable String detail;

    /**
     * @param code Slack's error code
     * @param detail what Slack says besides; null if it says nothing
     */
    public SlackRefusedException(Blame blame, String code, @Nullable String detail) {
        super(detail == null || detail.isBlank() ? code : code + ": " + detail, null, false, false);
        this.blame = blame;
        this.code = code;
        this.detail = detail == null || detail.isBlank() ? null : detail;
    }

    public Blame blame() {
        return blame;
    }

    /** Slack's error code, such as {@code canvas_not_found}. */
    public String code() {
        return code;
    }

    /** What Slack says besides, such as which scope is missing; null if it says nothing. */
    public @Nullable String detail() {
        return detail;
    }
}
