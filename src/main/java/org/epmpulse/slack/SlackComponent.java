package org.epmpulse.slack;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** Base of {@code slack-canvas:} and {@code slack-message:}. For producers only. */
abstract class SlackComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!remaining.matches("[A-Za-z0-9]{1,50}")) {
            throw new IllegalArgumentException("not a Slack id: " + remaining + "; use letters and digits only");
        }
        SlackEndpoint endpoint = endpoint(uri, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** @param id of the canvas or channel */
    abstract SlackEndpoint endpoint(String uri, String id);
}
