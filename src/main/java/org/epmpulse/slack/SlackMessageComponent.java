package org.epmpulse.slack;

/** {@code slack-message:<id>}: sends the body, mrkdwn text, to the channel with this id. */
public final class SlackMessageComponent extends SlackComponent {

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackMessageEndpoint(uri, this, id);
    }
}
