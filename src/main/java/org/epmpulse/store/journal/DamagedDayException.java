package org.epmpulse.store.journal;

import java.io.IOException;

/** The compressed file of a day is damaged; {@link DayRepair#repair} restores what can be read. */
final class DamagedDayException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient DayFile file;

    DamagedDayException(DayFile file, IOException cause) {
        super("the compressed file " + file.path().getFileName() + " is damaged: " + cause.getMessage(), cause);
        this.file = file;
    }

    DayFile file() {
        return file;
    }
}
