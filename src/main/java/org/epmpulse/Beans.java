package org.epmpulse;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.apache.camel.main.Main;
import org.epmpulse.api.BoardReplies;
import org.epmpulse.api.ErrorReplies;
import org.epmpulse.api.HealthReplies;
import org.epmpulse.api.HistoryReplies;
import org.epmpulse.api.HttpReply;
import org.epmpulse.api.JobReplies;
import org.epmpulse.api.RateLimits;
import org.epmpulse.api.StatusReplies;
import org.epmpulse.api.StatusRequests;
import org.epmpulse.config.Configuration;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.UpdateChecks;
import org.epmpulse.store.StatusChanges;
import org.epmpulse.store.StatusRecorder;
import org.epmpulse.store.StatusStore;

/** The beans that routes name, all of them here. */
final class Beans {

    private Beans() {}

    static void bind(
            Main main,
            Configuration configuration,
            StatusStore store,
            StatusChanges changes,
            RateLimits rateLimits,
            MeterRegistry meters,
            InstantSource clock) {
        Catalog catalog = configuration.apps().catalog();
        // Camel's own metrics look for this name.
        main.bind("metricsRegistry", meters);
        main.bind("statusChanges", changes);
        main.bind("statusRequests", new StatusRequests());
        main.bind("statusRecorder", new StatusRecorder(new UpdateChecks(catalog), store));
        main.bind("rateLimits", rateLimits);
        main.bind("statusReplies", new StatusReplies(app -> false));
        main.bind(
                "boardReplies",
                new BoardReplies(catalog, store, configuration.settings().staleAfter(), clock));
        main.bind("jobReplies", new JobReplies(store));
        main.bind("historyReplies", new HistoryReplies(store));
        main.bind(
                "healthReplies", new HealthReplies(store, () -> "not_configured", () -> "not_configured", () -> null));
        main.bind("errorReplies", new ErrorReplies());
        main.bind("httpReply", new HttpReply());
    }
}
