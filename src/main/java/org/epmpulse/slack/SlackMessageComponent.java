package org.epmpulse.slack;

import org.apache.camel.spi.annotations.Component;
import org.epmpulse.config.SlackIds;

/** {@code slack-message:<id>}: posts the body, which is mrkdwn text, to this channel. */
@Component("slack-message")
public final class SlackMessageComponent extends SlackComponent {

    /** Slack also accepts the id of a user, for a direct message. */
    @Override
    boolean isId(String id) {
        return SlackIds.isChannel(id) || id.matches("[UW][A-Z0-9]{1,49}");
    }

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackMessageEndpoint(uri, this, id);
    }
}
