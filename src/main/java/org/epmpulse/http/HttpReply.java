package org.epmpulse.http;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Sends the {@link Reply} a route made: the last step of every route that answers over HTTP. Thread-safe. */
public final class HttpReply implements Processor {

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        send(message, message.getBody(Reply.class));
    }

    static void send(Message message, Reply reply) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, reply.status());
        message.setHeader("Cache-Control", "no-store");
        if (reply.body() != null) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        reply.headers().forEach(message::setHeader);
        // Only of a buffer does platform-http know the length, so that it needs no chunks and HEAD tells it.
        // An array it would write through a stream, with a thread hop for each piece.
        message.setBody(reply.body());
    }

    /** As Vert.x takes it; the same bytes, as many readers may be sent a large board at the same time. */
    @SuppressWarnings("deprecation") // gone from Vert.x 5, which Camel 4.18 does not run on
    static Buffer buffer(ByteBuffer body) {
        return Buffer.buffer(Unpooled.wrappedBuffer(body));
    }
}
