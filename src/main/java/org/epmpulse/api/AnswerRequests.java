package org.epmpulse.api;

import java.time.InstantSource;
import java.util.Map;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.security.CallerHeaders;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.AnswerValidator;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.store.AnswerRecorder.Submission;
import org.jspecify.annotations.Nullable;

/** Reads answers to alerts sent to {@code /api/v1/domains/{app}/{domain}/…}. Thread-safe. */
public final class AnswerRequests {

    private final UpdateValidator validator;
    private final InstantSource clock;

    public AnswerRequests(UpdateValidator validator, InstantSource clock) {
        this.validator = validator;
        this.clock = clock;
    }

    /**
     * Reads an acknowledgement.
     *
     * @throws InvalidUpdateException if the body is invalid
     * @throws NotFoundException if the app or the domain is not configured
     */
    public Submission acknowledge(byte @Nullable [] body, Map<String, Object> headers) {
        return read(AnswerKind.ACKNOWLEDGE, body, headers);
    }

    /**
     * Reads a mute.
     *
     * @throws InvalidUpdateException if the body is invalid
     * @throws NotFoundException if the app or the domain is not configured
     */
    public Submission mute(byte @Nullable [] body, Map<String, Object> headers) {
        return read(AnswerKind.MUTE, body, headers);
    }

    /**
     * Reads the end of an acknowledgement.
     *
     * @throws NotFoundException if the app or the domain is not configured
     */
    public Submission unacknowledge(Map<String, Object> headers) {
        return end(AnswerKind.UNACKNOWLEDGE, headers);
    }

    /**
     * Reads the end of a mute.
     *
     * @throws NotFoundException if the app or the domain is not configured
     */
    public Submission unmute(Map<String, Object> headers) {
        return end(AnswerKind.UNMUTE, headers);
    }

    private Submission read(AnswerKind kind, byte @Nullable [] body, Map<String, Object> headers) {
        DomainId id = domain(headers);
        AnswerReader sent = AnswerReader.read(body);
        return submission(kind, id, sent, body, headers);
    }

    private Submission end(AnswerKind kind, Map<String, Object> headers) {
        AnswerReader sent =
                new AnswerReader(null, RequestHeaders.text(headers, "reason"), RequestHeaders.text(headers, "by"));
        return submission(kind, domain(headers), sent, null, headers);
    }

    private Submission submission(
            AnswerKind kind, DomainId id, AnswerReader sent, byte @Nullable [] body, Map<String, Object> headers) {
        return new Submission(
                AnswerValidator.validate(
                        id, kind, sent.until(), sent.reason(), sent.by(), CallerHeaders.key(headers), clock.instant()),
                StatusRequests.idempotency(body, headers));
    }

    private DomainId domain(Map<String, Object> headers) {
        try {
            return validator.domainId(
                    RequestHeaders.pathParameter(headers, "app"), RequestHeaders.pathParameter(headers, "domain"));
        } catch (InvalidUpdateException e) {
            throw new NotFoundException(String.valueOf(e.getMessage()), e.details());
        }
    }
}
