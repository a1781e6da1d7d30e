package org.epmpulse.slack;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** What {@code slack-canvas:} and {@code slack-message:} have in common. For producers only. */
abstract class SlackComponent extends DefaultComponent {

    private final SlackEndpoint.Action action;

    SlackComponent(SlackEndpoint.Action action) {
        this.action = action;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        if (!remaining.matches("[A-Za-z0-9]{1,50}")) {
            throw new IllegalArgumentException("the id behind the scheme must be one of Slack, is " + remaining);
        }
        return new SlackEndpoint(uri, this, remaining, action);
    }
}
