package org.epmpulse.epm;

import org.apache.camel.spi.annotations.Component;
import org.epmpulse.work.WorkComponent;
import org.epmpulse.work.WorkEndpoint;

/** {@code epm-polls:jobs} and {@code epm-polls:watch}: the due requests to EPM, for consumers only. */
@Component("epm-polls")
public final class EpmPollsComponent extends WorkComponent {

    @Override
    protected WorkEndpoint createEndpoint(String uri, String name) {
        return new EpmPollsEndpoint(uri, this, name);
    }
}
