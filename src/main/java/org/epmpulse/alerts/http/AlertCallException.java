package org.epmpulse.alerts.http;

import org.epmpulse.alerts.AlertFailure;
import org.jspecify.annotations.Nullable;

/** A request was not accepted. The message holds no secret. */
final class AlertCallException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient AlertFailure failure;

    AlertCallException(AlertFailure failure, @Nullable Throwable cause) {
        super(failure.problem(), cause, false, false);
        this.failure = failure;
    }

    AlertFailure failure() {
        return failure;
    }
}
