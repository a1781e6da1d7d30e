package org.epmpulse.work;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * Base class of the components whose endpoints are {@link WorkEndpoint}s. The registry holds each {@link WorkSource}
 * under the endpoint's URI without options, such as {@code canvas-edits:publish}.
 */
public abstract class WorkComponent extends DefaultComponent {

    private final Map<String, Object> consumers = new ConcurrentHashMap<>();

    /** The consumer that gets the items of a source, by the source's name. */
    Map<String, Object> consumers() {
        return consumers;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        WorkEndpoint endpoint = createEndpoint(uri, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** @param name the URI after the scheme; may be empty */
    protected abstract WorkEndpoint createEndpoint(String uri, String name);
}
