package org.epmpulse.slack;

import org.apache.camel.spi.annotations.Component;
import org.epmpulse.config.SlackIds;

/** {@code slack-canvas:<id>}: replaces the content of this canvas with the body, which is markdown. */
@Component("slack-canvas")
public final class SlackCanvasComponent extends SlackComponent {

    @Override
    boolean isId(String id) {
        return SlackIds.isCanvas(id);
    }

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackCanvasEndpoint(uri, this, id);
    }
}
