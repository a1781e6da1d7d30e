package org.epmpulse.slack;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** What {@code slack-canvas:} and {@code slack-message:} have in common. For producers only. */
abstract class SlackComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (!remaining.matches("[A-Za-z0-9]{1,50}")) {
            throw new IllegalArgumentException("the id behind the scheme must be one of Slack, is " + remaining);
        }
        SlackEndpoint endpoint = endpoint(uri, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** @param id of the canvas or channel */
    abstract SlackEndpoint endpoint(String uri, String id);
}
