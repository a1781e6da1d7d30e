package org.epmpulse.api;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.jspecify.annotations.Nullable;

/** Reads what is posted to {@code /api/v1/status}. Thread-safe. */
public final class StatusRequests {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,100}");

    /**
     * One update.
     *
     * @param body as it came; null if there was none
     * @throws org.epmpulse.status.InvalidUpdateException if it is no JSON object or a field has the wrong type
     * @throws BadRequestException if the idempotency key is not 1 to 100 visible characters
     */
    public Submission single(byte @Nullable [] body, Map<String, Object> headers) {
        StatusUpdate update = new UpdateReader(RequestHeaders.key(headers)).single(body);
        return new Submission(List.of(update), false, idempotency(body, headers));
    }

    /**
     * A batch.
     *
     * @param body as it came; null if there was none
     * @throws org.epmpulse.status.InvalidUpdateException if it is no batch; an item's error has {@code index}
     * @throws BadRequestException if the idempotency key is not 1 to 100 visible characters
     */
    public Submission batch(byte @Nullable [] body, Map<String, Object> headers) {
        List<StatusUpdate> updates = new UpdateReader(RequestHeaders.key(headers)).batch(body);
        return new Submission(updates, true, idempotency(body, headers));
    }

    private static @Nullable Idempotency idempotency(byte @Nullable [] body, Map<String, Object> headers) {
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
