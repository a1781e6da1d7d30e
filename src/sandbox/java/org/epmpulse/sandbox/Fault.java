package org.epmpulse.sandbox;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fault that a simulated server produces instead of its normal response. Immutable. */
public sealed interface Fault {

    /** Sends the normal response only after {@link ScriptedFault#release}; nothing changes if the client disconnects first. */
    static Fault hang() {
        return new Hang();
    }

    /** Delays the normal response in real time. */
    static Fault slow(Duration delay) {
        return new Slow(delay);
    }

    /** Drops the connection with a TCP reset. */
    static Fault reset() {
        return new Reset();
    }

    /** Returns a gateway's HTML page with this status. */
    static Fault status(int status) {
        return new Response(SimulatedResponse.errorPage(status, status == 503 ? "Service Unavailable" : "Error"));
    }

    /** Returns an HTML login page with status 200. */
    static Fault loginPage() {
        return new Response(SimulatedResponse.loginPage());
    }

    /** Redirects to a login page with status 302. */
    static Fault redirectToLogin() {
        return new Response(SimulatedResponse.html(302, "").with("Location", "/oam/login"));
    }

    /** Returns the given body, for instance malformed JSON. */
    static Fault response(int status, String contentType, String body) {
        return new Response(SimulatedResponse.of(status, contentType, body));
    }

    /** Returns 429 with {@code Retry-After}; a Slack method stays blocked for that time. */
    static Fault rateLimited(Duration retryAfter) {
        return new RateLimited(retryAfter);
    }

    /** Returns the vendor's error: {@code "ok": false} from Slack, an OAuth error from the token endpoint. */
    static Fault error(String code) {
        return new Refusal(code, null);
    }

    /** Like {@link #error(String)}, with the detail that some methods add. */
    static Fault error(String code, String detail) {
        return new Refusal(code, detail);
    }

    /** Returns the first half of the normal response as a complete response. */
    static Fault truncated() {
        return new Truncated();
    }

    /** Closes the connection after the first half of the normal response. */
    static Fault cutOff() {
        return new CutOff();
    }

    /** Applies the request, then produces the other fault. */
    static Fault afterApplying(Fault then) {
        if (then instanceof AfterApplying) {
            throw new IllegalArgumentException("then must not be another afterApplying");
        }
        return new AfterApplying(then);
    }

    /** See {@link #hang}. */
    record Hang() implements Fault {}

    /** See {@link #slow}. */
    record Slow(Duration delay) implements Fault {}

    /** See {@link #reset}. */
    record Reset() implements Fault {}

    /** See {@link #truncated}. */
    record Truncated() implements Fault {}

    /** See {@link #cutOff}. */
    record CutOff() implements Fault {}

    /** See {@link #afterApplying}. */
    record AfterApplying(Fault then) implements Fault {}

    /** See {@link #error(String, String)}. */
    record Refusal(String code, @Nullable String detail) implements Fault {}

    /** See {@link #rateLimited}; rounded up to whole seconds, at least one. */
    record RateLimited(Duration retryAfter) implements Fault {

        long seconds() {
            return Math.max(1, retryAfter.plusMillis(999).toSeconds());
        }
    }

    /** See {@link #response}. */
    record Response(int status, Map<String, String> headers, String body) implements Fault {

        Response(SimulatedResponse response) {
            this(response.status(), response.headers(), response.body());
        }

        SimulatedResponse response() {
            return new SimulatedResponse(status, headers, body);
        }
    }
}
