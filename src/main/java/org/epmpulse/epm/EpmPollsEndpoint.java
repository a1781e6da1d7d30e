package org.epmpulse.epm;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.epmpulse.work.WorkComponent;
import org.epmpulse.work.WorkEndpoint;

/** Each message is a due {@link Poll}: the body and the variable {@code poll}. */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "epm-polls",
        syntax = "epm-polls:name",
        title = "EPM polls",
        consumerOnly = true,
        category = Category.SCHEDULING)
public final class EpmPollsEndpoint extends WorkEndpoint {

    // A name is required: Camel accepts "epm-polls:" alone only where a parameter follows.
    @UriPath(enums = "jobs", description = "What to poll: jobs, the running EPM jobs.")
    @Metadata(required = true)
    private final String name;

    EpmPollsEndpoint(String uri, WorkComponent component, String name) {
        super(uri, component, "epm-polls:" + name);
        this.name = name;
    }

    /** What to poll: {@code jobs}. */
    public String getName() {
        return name;
    }
}
