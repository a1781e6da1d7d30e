package org.epmpulse.http;

import org.jspecify.annotations.Nullable;

/** Maps the reason for which a request cannot be read to an error reply. */
final class MalformedRequests {

    private MalformedRequests() {}

    static ApiError error(@Nullable Throwable cause) {
        if (cause instanceof MalformedRequestException malformed) {
            return new ApiError(ErrorCode.INVALID_REQUEST, String.valueOf(malformed.getMessage()))
                    .withStatus(malformed.status());
        }
        return new ApiError(ErrorCode.INVALID_REQUEST, "Malformed HTTP request. Check its request line and headers.");
    }
}
