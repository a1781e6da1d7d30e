package org.epmpulse.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with bytes that are no HTTP request. */
final class MalformedRequests {

    private MalformedRequests() {}

    static ApiError error(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new ApiError(ErrorCode.INVALID_REQUEST, "The request line is too long.").withStatus(414);
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new ApiError(ErrorCode.INVALID_REQUEST, "The headers are too long.").withStatus(431);
        }
        return new ApiError(ErrorCode.INVALID_REQUEST, "This is not a valid HTTP request.");
    }
}
