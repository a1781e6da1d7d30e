package org.epmpulse.window;

import java.time.LocalDate;

/** Days that are no working days. Thread-safe. */
@FunctionalInterface
public interface Holidays {

    /** Every day of the week can be a working day. */
    Holidays NONE = day -> false;

    /** Whether nobody works on this day. */
    boolean contains(LocalDate day);
}
