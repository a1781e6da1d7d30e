package org.epmpulse.api;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.security.CallerHeaders;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.jspecify.annotations.Nullable;

/** Reads updates posted to {@code /api/v1/status}. Thread-safe. */
public final class StatusRequests {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,100}");

    private final Runnable onInvalidBody;

    /** @param onInvalidBody called for each body that is no valid update or batch */
    public StatusRequests(Runnable onInvalidBody) {
        this.onInvalidBody = onInvalidBody;
    }

    /**
     * Reads one update.
     *
     * @param body as received; null if absent
     * @throws InvalidUpdateException if the body is not a JSON object or a field has the wrong type
     * @throws BadRequestException if the idempotency key is not 1 to 100 visible characters
     */
    public Submission single(byte @Nullable [] body, Map<String, Object> headers) {
        UpdateReader reader = new UpdateReader(CallerHeaders.key(headers));
        StatusUpdate update = read(body, reader::single);
        return new Submission(List.of(update), false, idempotency(body, headers), reader.warnings());
    }

    /**
     * Reads a batch.
     *
     * @param body as received; null if absent
     * @throws InvalidUpdateException if the body is not a batch; an item's error has {@code index}
     * @throws BadRequestException if the idempotency key is not 1 to 100 visible characters
     */
    public Submission batch(byte @Nullable [] body, Map<String, Object> headers) {
        UpdateReader reader = new UpdateReader(CallerHeaders.key(headers));
        List<StatusUpdate> updates = read(body, reader::batch);
        return new Submission(updates, true, idempotency(body, headers), reader.warnings());
    }

    private <T> T read(byte @Nullable [] body, Function<byte @Nullable [], T> reader) {
        try {
            return reader.apply(body);
        } catch (InvalidUpdateException e) {
            onInvalidBody.run();
            throw e;
        }
    }

    /** The idempotency key of a request; null if it has none. */
    static @Nullable Idempotency idempotency(byte @Nullable [] body, Map<String, Object> headers) {
        Object key = headers.get(IDEMPOTENCY_KEY);
        if (key == null || body == null) {
            return null;
        }
        if (!VISIBLE.matcher(key.toString()).matches()) {
            throw new BadRequestException(IDEMPOTENCY_KEY + " must be 1 to 100 visible ASCII characters");
        }
        return new Idempotency(key.toString(), HexFormat.of().formatHex(Sha256.of(body)));
    }
}
