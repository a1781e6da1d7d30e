package org.epmpulse.slack;

import org.apache.camel.spi.annotations.Component;

/** {@code slack-message:<id>}: posts the body, which is mrkdwn text, to this channel. */
@Component("slack-message")
public final class SlackMessageComponent extends SlackComponent {

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackMessageEndpoint(uri, this, id);
    }
}
