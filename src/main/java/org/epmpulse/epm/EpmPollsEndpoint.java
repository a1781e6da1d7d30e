package org.epmpulse.epm;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.epmpulse.work.WorkComponent;
import org.epmpulse.work.WorkEndpoint;

/** Each message is a {@link Poll} that is due, also in the variable {@code poll}. */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "epm-polls",
        syntax = "epm-polls:name",
        title = "EPM polls",
        consumerOnly = true,
        category = Category.SCHEDULING)
public final class EpmPollsEndpoint extends WorkEndpoint {

    // Camel reads "epm-polls:" only where a parameter follows.
    @UriPath(enums = "jobs", description = "What is polled: the EPM jobs that run.")
    @Metadata(required = true)
    private final String name;

    EpmPollsEndpoint(String uri, WorkComponent component, String name) {
        super(uri, component, "epm-polls:" + name);
        this.name = name;
    }

    /** What is polled: {@code jobs}. */
    public String getName() {
        return name;
    }
}
