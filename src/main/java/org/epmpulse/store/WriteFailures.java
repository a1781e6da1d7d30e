package org.epmpulse.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why a request was not recorded, or may not have been. */
final class WriteFailures {

    private WriteFailures() {}

    static StoreUnavailableException closed() {
        return new StoreUnavailableException("the store is closed", null);
    }

    static StoreUnavailableException unavailable(@Nullable IOException cause) {
        return new StoreUnavailableException("the journal cannot be written", cause);
    }

    static StateUnknownException unknown() {
        return new StateUnknownException("the journal did not confirm the write");
    }
}
