package org.epmpulse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** Signals that arrive while the process stops already; Java ignores them. */
final class StopSignals {

    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

    private StopSignals() {}

    /** Runs this for each further SIGTERM or SIGINT. Call it when the process stops. */
    static void onNext(Runnable action) {
        for (String name : new String[] {"TERM", "INT"}) {
            try {
                Signal.handle(new Signal(name), signal -> action.run());
            } catch (IllegalArgumentException e) {
                // With the option -Xrs Java leaves all signals to the operating system.
                LOG.debug("Stop: a second SIG{} cannot be handled: {}", name, e.getMessage());
            }
        }
    }
}
