package org.epmpulse.store.journal;

import java.io.IOException;

/** A file of the data folder that is in use was deleted, moved or replaced. Nothing was recorded. */
final class FilesMovedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean missing;

    /** @param missing whether there is no file at the path now */
    FilesMovedException(String what, boolean missing) {
        super(what + " while EPMPulse is running: put it back, or restart EPMPulse");
        this.missing = missing;
    }

    /** The same again. */
    FilesMovedException(FilesMovedException first) {
        super(first.getMessage(), first);
        this.missing = first.missing;
    }

    /** Whether there is no file at the path now. */
    boolean isMissing() {
        return missing;
    }
}
