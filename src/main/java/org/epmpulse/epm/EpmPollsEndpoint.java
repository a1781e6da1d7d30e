package org.epmpulse.epm;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.epmpulse.work.WorkComponent;
import org.epmpulse.work.WorkEndpoint;

/**
 * Each message of {@code jobs} is a due {@link Poll}: the body and the variable {@code poll}. Each message of
 * {@code watch} is the next request of a round that looks for jobs.
 */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "epm-polls",
        syntax = "epm-polls:name",
        title = "EPM polls",
        consumerOnly = true,
        category = Category.SCHEDULING)
public final class EpmPollsEndpoint extends WorkEndpoint {

    // A name is required: Camel accepts "epm-polls:" alone only where a parameter follows.
    @UriPath(
            enums = "jobs,watch",
            description = "What to poll: jobs, the running EPM jobs, or watch, the lists of jobs that nobody posts.")
    @Metadata(required = true)
    private final String name;

    EpmPollsEndpoint(String uri, WorkComponent component, String name) {
        super(uri, component, "epm-polls:" + name);
        this.name = name;
    }

    /** What to poll: {@code jobs} or {@code watch}. */
    public String getName() {
        return name;
    }
}
