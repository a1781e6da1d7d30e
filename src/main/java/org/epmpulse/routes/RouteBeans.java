package org.epmpulse.routes;

import org.apache.camel.main.Main;
import org.epmpulse.config.Configuration;
import org.epmpulse.store.StatusStore;

/** Binds the beans that routes name, for a context in which routes are made and none is started. Thread-safe. */
public interface RouteBeans {

    /**
     * Binds all of them.
     *
     * @param store for the beans that need one; no update is recorded in it
     */
    void bind(Main main, Configuration configuration, StatusStore store);
}
