package org.epmpulse.slack;

/** {@code slack-message:<id>}: sends the body, mrkdwn text, to the channel with this id. */
public final class SlackMessageComponent extends SlackComponent {

    public SlackMessageComponent() {
        super((client, id, text) -> client.postMessage(id, text));
    }
}
