package org.epmpulse.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.outbound.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Sends statuses to an EPMPulse, and keeps in the spool what it cannot send. It repeats a request with the same key if
 * the failure may be temporary. It never throws: a failure is a line of the log. Thread-safe.
 */
final class StatusClient implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of one attempt. */
    private static final Duration ATTEMPT = Duration.ofSeconds(10);

    private static final long LONGEST_PAUSE_MILLIS = 8_000;

    /** Statuses after which a retry may succeed. */
    private static final Set<Integer> TRANSIENT = Set.of(429, 502, 503, 504);

    /** Statuses of EPMPulse that say that the update is wrong, not the address or the key. */
    private static final Set<Integer> REFUSED = Set.of(400, 409, 413, 415, 422);

    private final ClientSettings settings;
    private final @Nullable Spool spool;
    private final Consumer<String> log;
    private final OutboundHttp http;

    private enum Outcome {
        ACCEPTED,
        REFUSED,
        /** It may be accepted later. */
        NOT_SENT,
        RETRY
    }

    /**
     * @param reason of a failure
     * @param waitMillis before a retry, at least
     */
    private record Reply(Outcome outcome, String reason, long waitMillis) {

        static final Reply ACCEPTED = new Reply(Outcome.ACCEPTED, "", 0);

        static Reply notSent(String reason) {
            return new Reply(Outcome.NOT_SENT, reason, 0);
        }
    }

    /** @param log gets each failure as one line, without the key */
    StatusClient(ClientSettings settings, Consumer<String> log) {
        this.settings = settings;
        this.log = log;
        Path folder = settings.spool();
        this.spool = folder == null ? null : new Spool(folder);
        this.http = new OutboundHttp(settings.proxies(), ATTEMPT);
    }

    /** The {@link System#nanoTime} at which a call that begins now must have ended. */
    long end() {
        return System.nanoTime() + settings.deadline().toNanos();
    }

    /** Sends what the spool holds, then the request. */
    void post(StatusRequest request, long end) throws InterruptedException {
        Reply reply = sendSpool(end);
        if (reply.outcome() == Outcome.ACCEPTED) {
            reply = send(request, end);
        }
        if (reply.outcome() != Outcome.ACCEPTED) {
            String kept = reply.outcome() == Outcome.REFUSED ? "" : keep(request);
            log.accept("EPMPulse did not accept the status: " + reply.reason() + kept);
        }
    }

    /** Sends what the spool holds. */
    void flush(long end) throws InterruptedException {
        Reply reply = sendSpool(end);
        if (reply.outcome() != Outcome.ACCEPTED) {
            log.accept("EPMPulse did not accept the status: " + reply.reason());
        }
    }

    private String keep(StatusRequest request) {
        if (spool == null) {
            return "";
        }
        try {
            spool.keep(request);
            return "; it is kept in the spool and sent before the next one";
        } catch (IOException e) {
            return "; EPMPULSE_SPOOL cannot be written: " + e.getMessage();
        }
    }

    private Reply sendSpool(long end) throws InterruptedException {
        String problem = settings.problem();
        if (problem != null) {
            return Reply.notSent(problem);
        }
        if (spool == null) {
            return Reply.ACCEPTED;
        }
        try {
            for (String name : spool.names()) {
                if (System.nanoTime() - end >= 0) {
                    return Reply.notSent("the spool could not be sent within "
                            + settings.deadline().toSeconds() + " s");
                }
                Reply reply = sendFile(spool, name, end);
                if (reply.outcome() == Outcome.NOT_SENT) {
                    return reply;
                }
            }
            return Reply.ACCEPTED;
        } catch (IOException | UncheckedIOException e) {
            return Reply.notSent("EPMPULSE_SPOOL: " + e.getMessage());
        }
    }

    private Reply sendFile(Spool folder, String name, long end) throws IOException, InterruptedException {
        Reply reply;
        try {
            StatusRequest request = folder.read(name);
            reply = request == null ? Reply.ACCEPTED : send(request, end);
        } catch (IOException e) {
            reply = new Reply(Outcome.REFUSED, "cannot be read: " + e.getMessage(), 0);
        }
        if (reply.outcome() == Outcome.ACCEPTED) {
            folder.remove(name);
        } else if (reply.outcome() == Outcome.REFUSED) {
            Path aside = folder.putAside(name);
            if (aside != null) {
                log.accept("EPMPulse did not accept a status of the spool: " + reply.reason() + "; see " + aside);
            }
        }
        return reply;
    }

    private Reply send(StatusRequest request, long end) throws InterruptedException {
        for (int attempt = 1; true; attempt++) {
            Reply reply = attempt(request, end);
            if (reply.outcome() != Outcome.RETRY) {
                return reply;
            }
            // Random, so that not all hosts retry at the same time.
            long longest = Math.min(LONGEST_PAUSE_MILLIS, 1000L << Math.min(attempt - 1, 3));
            long pause =
                    Math.max(reply.waitMillis(), ThreadLocalRandom.current().nextLong(longest / 2, longest));
            if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) - end >= 0) {
                return Reply.notSent(reply.reason() + ", " + attempt + " attempts");
            }
            TimeUnit.MILLISECONDS.sleep(pause);
        }
    }

    private Reply attempt(StatusRequest request, long end) {
        HttpPost post = new HttpPost(settings.url() + request.path());
        post.setHeader("X-API-Key", settings.key());
        post.setHeader("Idempotency-Key", request.key());
        post.setEntity(new StringEntity(request.body(), ContentType.APPLICATION_JSON));
        long left = Math.max(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()), 100);
        post.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(Math.min(left, ATTEMPT.toMillis())))
                .setProtocolUpgradeEnabled(false)
                .build());
        try {
            OutboundHttp.Response response = http.send(post);
            return reply(response);
        } catch (IOException | RuntimeException e) {
            return new Reply(Outcome.RETRY, OutboundFailure.reason(e), 0);
        }
    }

    private static Reply reply(OutboundHttp.Response response) {
        int status = response.status();
        JsonNode body = json(response.body());
        boolean known = body.path("success").isBoolean();
        if (status == 200 && known && body.path("success").asBoolean()) {
            return Reply.ACCEPTED;
        }
        JsonNode error = body.path("error");
        String reason = known
                ? status + " " + error.path("code").asText() + ": "
                        + error.path("message").asText()
                : status + ", not a reply of EPMPulse: check EPMPULSE_URL";
        if (TRANSIENT.contains(status)) {
            Duration wait = RetryAfter.of(response.retryAfter());
            return new Reply(Outcome.RETRY, reason, wait == null ? 0 : wait.toMillis());
        }
        return known && REFUSED.contains(status) ? new Reply(Outcome.REFUSED, reason, 0) : Reply.notSent(reason);
    }

    /** Missing if it is no JSON. */
    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
