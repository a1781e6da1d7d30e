package org.epmpulse.api;

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
        // As a buffer: only of that platform-http knows the length, so that it needs no chunks and HEAD tells it. A
        // byte
        // array it would write through a stream, with a thread hop for each piece.
        message.setBody(reply.body());
    }

    /** As Vert.x takes it. */
    static Buffer buffer(ByteBuffer body) {
        return Buffer.buffer(body.remaining()).setBytes(0, body);
    }
}
