package org.epmpulse.slack;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;

/** Post the message body, which is mrkdwn text, to a Slack channel. For producers only. */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "slack-message",
        title = "Slack Message",
        syntax = "slack-message:channelId",
        producerOnly = true,
        category = {Category.SOCIAL})
public final class SlackMessageEndpoint extends SlackEndpoint {

    @UriPath(description = "The id of the channel, such as C0123456789.")
    @Metadata(required = true)
    private final String channelId;

    SlackMessageEndpoint(String uri, SlackMessageComponent component, String channelId) {
        super(uri, component);
        this.channelId = channelId;
    }

    /** The id of the channel. */
    public String getChannelId() {
        return channelId;
    }

    @Override
    void send(SlackClient client, String text) {
        client.postMessage(channelId, text);
    }
}
