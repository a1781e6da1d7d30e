package org.epmpulse.sandbox;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a simulated server does in place of the right answer. Immutable. */
public sealed interface Fault {

    /** No answer before {@link ScriptedFault#release}; then the right one. A client that hangs up first changes nothing. */
    static Fault hang() {
        return new Hang();
    }

    /** The right answer, that much later in real time. */
    static Fault slow(Duration by) {
        return new Slow(by);
    }

    /** The connection is dropped with a TCP reset. */
    static Fault reset() {
        return new Reset();
    }

    /** A gateway's HTML page with this status. */
    static Fault status(int status) {
        return new Reply(Answer.errorPage(status, status == 503 ? "Service Unavailable" : "Error"));
    }

    /** A login page in HTML, with status 200. */
    static Fault loginPage() {
        return new Reply(Answer.loginPage());
    }

    /** 302 to a login page. */
    static Fault redirectToLogin() {
        return new Reply(Answer.html(302, "").with("Location", "/oam/login"));
    }

    /** Any body at all, for instance JSON that is none. */
    static Fault reply(int status, String contentType, String body) {
        return new Reply(Answer.of(status, contentType, body));
    }

    /** 429 with {@code Retry-After}; a Slack method stays blocked for as long. */
    static Fault rateLimited(Duration retryAfter) {
        return new RateLimited(retryAfter);
    }

    /** The vendor's own refusal: {@code "ok": false} of Slack, an OAuth error of the token endpoint. */
    static Fault error(String code) {
        return new Refusal(code, null);
    }

    /** Like {@link #error(String)}, with the reason that some methods add. */
    static Fault error(String code, String detail) {
        return new Refusal(code, detail);
    }

    /** The first half of the right answer as if it were all of it. */
    static Fault truncated() {
        return new Truncated();
    }

    /** The connection closes after the first half of the right answer. */
    static Fault cutOff() {
        return new CutOff();
    }

    /** The request takes effect, but the client learns only of the other fault. */
    static Fault afterApplying(Fault then) {
        if (then instanceof Applied) {
            throw new IllegalArgumentException("a request takes effect once");
        }
        return new Applied(then);
    }

    /** See {@link #hang}. */
    record Hang() implements Fault {}

    /** See {@link #slow}. */
    record Slow(Duration by) implements Fault {}

    /** See {@link #reset}. */
    record Reset() implements Fault {}

    /** See {@link #truncated}. */
    record Truncated() implements Fault {}

    /** See {@link #cutOff}. */
    record CutOff() implements Fault {}

    /** See {@link #afterApplying}. */
    record Applied(Fault then) implements Fault {}

    /** See {@link #error(String, String)}. */
    record Refusal(String code, @Nullable String detail) implements Fault {}

    /** See {@link #rateLimited}; rounded up to whole seconds, at least one. */
    record RateLimited(Duration retryAfter) implements Fault {

        long seconds() {
            return Math.max(1, retryAfter.plusMillis(999).toSeconds());
        }
    }

    /** See {@link #reply}. */
    record Reply(int status, Map<String, String> headers, String body) implements Fault {

        Reply(Answer answer) {
            this(answer.status(), answer.headers(), answer.body());
        }

        Answer answer() {
            return new Answer(status, headers, body);
        }
    }
}
