package org.epmpulse.http;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Sends the {@link Reply} in the body: the last step of every HTTP route. Thread-safe. */
public final class HttpReply implements Processor {

    /** Names the exchange property with a {@link Reply#shared} reply. */
    static final String SHARED = Reply.class.getName();

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        Reply reply = message.getBody(Reply.class);
        if (reply.shared()) {
            exchange.setProperty(SHARED, reply);
        }
        send(message, reply);
    }

    static void send(Message message, Reply reply) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, reply.status());
        message.setHeader("Cache-Control", "no-store");
        if (reply.body() != null) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        reply.headers().forEach(message::setHeader);
        // platform-http knows the length of a ByteBuffer only, and sends it as Content-Length, also for HEAD.
        // It would write an array in chunks through a stream, with a change of threads for each chunk.
        message.setBody(reply.body());
    }

    /** Wraps the same bytes for Vert.x. No copy, because a large board may be sent to many clients at once. */
    @SuppressWarnings("deprecation") // removed in Vert.x 5, which Camel 4.18 does not support
    static Buffer buffer(ByteBuffer body) {
        return Buffer.buffer(Unpooled.wrappedBuffer(body));
    }
}
