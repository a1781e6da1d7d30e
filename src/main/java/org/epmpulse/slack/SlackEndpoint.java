package org.epmpulse.slack;

import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/** Makes one call of Slack with each message's body; what Slack answers instead of ok becomes an exception. */
final class SlackEndpoint extends DefaultEndpoint {

    private final String id;
    private final Action action;

    /** The call to make. */
    @FunctionalInterface
    interface Action {
        void send(SlackClient client, String id, String text);
    }

    SlackEndpoint(String uri, SlackComponent component, String id, Action action) {
        super(uri, component);
        this.id = id;
        this.action = action;
    }

    @Override
    public Producer createProducer() {
        SlackClient client = CamelContextHelper.findSingleByType(getCamelContext(), SlackClient.class);
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) throws Exception {
                if (client == null) {
                    throw new IllegalStateException("SLACK_BOT_TOKEN is not set");
                }
                action.send(client, id, exchange.getMessage().getMandatoryBody(String.class));
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("Slack can only be written to");
    }
}
