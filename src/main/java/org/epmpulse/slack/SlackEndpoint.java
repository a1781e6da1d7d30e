package org.epmpulse.slack;

import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/** Calls Slack once for each message, with its body. A response that is not ok becomes an exception. */
abstract class SlackEndpoint extends DefaultEndpoint {

    SlackEndpoint(String uri, SlackComponent component) {
        super(uri, component);
    }

    abstract void send(SlackClient client, String text);

    @Override
    public Producer createProducer() {
        SlackClient client = CamelContextHelper.findSingleByType(getCamelContext(), SlackClient.class);
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) throws Exception {
                if (client == null) {
                    throw new IllegalStateException("SLACK_BOT_TOKEN is not set");
                }
                send(client, exchange.getMessage().getMandatoryBody(String.class));
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("Slack endpoints support producers only");
    }
}
