package org.epmpulse.routes;

import org.apache.camel.main.Main;
import org.epmpulse.config.Configuration;
import org.epmpulse.store.StatusStore;

/** Binds the beans that routes refer to, for a context that creates routes without starting them. Thread-safe. */
public interface RouteBeans {

    /**
     * Binds all beans.
     *
     * @param store for the beans that need one; it records no update
     */
    void bind(Main main, Configuration configuration, StatusStore store);
}
