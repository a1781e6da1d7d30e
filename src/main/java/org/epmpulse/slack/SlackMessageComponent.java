package org.epmpulse.slack;

import org.apache.camel.spi.annotations.Component;

/** {@code slack-message:<id>}: sends the body, mrkdwn text, to the channel with this id. */
@Component("slack-message")
public final class SlackMessageComponent extends SlackComponent {

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackMessageEndpoint(uri, this, id);
    }
}
