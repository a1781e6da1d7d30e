package org.epmpulse.slack;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** Base of {@code slack-canvas:} and {@code slack-message:}. For producers only. */
abstract class SlackComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!isId(remaining)) {
            throw new IllegalArgumentException(
                    "not a Slack id: " + remaining + "; use one such as F0123456789 or C0123456789");
        }
        SlackEndpoint endpoint = endpoint(uri, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** Whether this is an id of the canvas or channel. */
    abstract boolean isId(String id);

    /** @param id of the canvas or channel */
    abstract SlackEndpoint endpoint(String uri, String id);
}
