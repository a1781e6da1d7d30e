package org.epmpulse.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** Maps a parse error of Netty to an error reply. */
final class MalformedRequests {

    private MalformedRequests() {}

    static ApiError error(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new ApiError(
                            ErrorCode.INVALID_REQUEST,
                            "The request line has more than " + ApiServer.MAX_REQUEST_LINE_BYTES
                                    + " bytes. Shorten the URL.")
                    .withStatus(414);
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new ApiError(
                            ErrorCode.INVALID_REQUEST,
                            "The headers have more than " + ApiServer.MAX_HEADERS_BYTES + " bytes. Send less.")
                    .withStatus(431);
        }
        return new ApiError(ErrorCode.INVALID_REQUEST, "Malformed HTTP request. Check its request line and headers.");
    }
}
