package org.epmpulse.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one connection, one at a time: the next request is not parsed before the reply to the previous
 * one was written and the client has taken it from the write queue. Until then its bytes stay in the socket's buffers, so
 * a client that sends requests and reads nothing occupies the memory of one reply. Vert.x alone would parse and queue all
 * of them.
 *
 * <p>A head is parsed when it is complete, and after {@link HeadScanner} and {@link RequestRules} have checked it. Used by
 * the server's event loop only.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {

    private static final String NAME = "httpDecoder";
    private static final String VERTX_HANDLER = "handler";

    /** After so many requests of one connection, the other connections have their turn. */
    private static final int REQUESTS_PER_TURN = 4;

    /**
     * How long the rest of a malformed request is read and discarded. If the connection were closed with unread bytes, the
     * client might not get the reply.
     */
    private static final long LINGER_MILLIS = 1_000;

    private final Connections connections;
    private final Connections.Entry entry;
    private final Channel channel;
    private final HeadScanner head = new HeadScanner();
    private @Nullable ChunkScanner chunks;
    private @Nullable Consumer<MalformedRequestException> onMalformedBody;

    /** How many of the unread bytes a scanner has checked. */
    private int scanned;

    /** Whether the end of the current request has not arrived. */
    private boolean receiving;

    /** Whether the reply to the current request is not complete. */
    private boolean replying;

    /** Whether everything else that arrives is discarded, because the connection ends with the current reply. */
    private boolean discarding;

    /** Whether bytes of the next request wait for their turn. */
    private boolean held;

    /** Whether something was written that the client has not taken. */
    private boolean unread;

    private boolean resuming;
    private boolean lingering;
    private int requestsOfTurn;

    private RequestDecoder(HttpServerOptions options, Connections connections, Channel channel) {
        super(options);
        this.connections = connections;
        this.channel = channel;
        this.entry = new Connections.Entry(this);
    }

    /** Replaces the decoder of a new connection, or closes the connection if there are too many. */
    static void install(HttpConnection connection, HttpServerOptions options, Connections connections) {
        Channel channel = ((ConnectionBase) connection).channel();
        RequestDecoder decoder = new RequestDecoder(options, connections, channel);
        if (!connections.open(decoder.entry, channel)) {
            channel.close();
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(NAME, NAME, decoder);
        pipeline.addBefore(VERTX_HANDLER, "replies", decoder.new Replies());
    }

    /**
     * Calls this back instead of closing the connection if the chunked body that is being read is malformed. The connection
     * discards all other bytes then.
     */
    static void onMalformedBody(HttpConnection connection, Consumer<MalformedRequestException> callback) {
        if (((ConnectionBase) connection).channel().pipeline().get(NAME) instanceof RequestDecoder decoder) {
            decoder.onMalformedBody = callback;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (discarding) {
            in.skipBytes(in.readableBytes());
        } else if (receiving) {
            decodeBody(ctx, in, out);
        } else if (replying || unread || requestsOfTurn >= REQUESTS_PER_TURN) {
            hold();
        } else {
            decodeHead(ctx, in, out);
        }
    }

    private void decodeHead(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int readable = in.readableBytes();
        int end = in.forEachByte(in.readerIndex() + scanned, readable - scanned, head);
        if (end < 0) {
            scanned = readable;
            if (head.hasBegun()) {
                connections.headBegun(entry);
            }
            return;
        }
        MalformedRequestException problem = head.problem();
        scanned = 0;
        head.reset();
        begin();
        if (problem != null) {
            discarding = true;
            in.skipBytes(readable);
            out.add(invalid(problem));
            return;
        }
        super.decode(ctx, in, out);
        check(in, out);
    }

    /** Keeps both headers, so that the request is rejected; Netty would remove one. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {}

    /** Checks the request that was just parsed. */
    private void check(ByteBuf in, List<Object> out) {
        HttpRequest request = (HttpRequest) out.get(0);
        Throwable problem =
                request.decoderResult().isFailure() ? request.decoderResult().cause() : RequestRules.problem(request);
        if (problem != null) {
            discarding = true;
            in.skipBytes(in.readableBytes());
            request.headers().clear();
            request.setDecoderResult(DecoderResult.failure(problem));
            out.clear();
            out.add(request);
            return;
        }
        RequestRules.simplifyConnection(request);
        RequestRules.encodeTarget(request);
        receiving = !(out.get(out.size() - 1) instanceof LastHttpContent);
        chunks = receiving && HttpUtil.isTransferEncodingChunked(request) ? new ChunkScanner() : null;
    }

    private void decodeBody(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int readable = in.readableBytes();
        if (chunks != null) {
            try {
                int start = in.readerIndex();
                scanned = chunks.scan(in, start + scanned) - start;
            } catch (MalformedRequestException e) {
                rejectBody(in, e);
                return;
            }
        }
        super.decode(ctx, in, out);
        scanned = Math.max(0, scanned - (readable - in.readableBytes()));
        Object last = out.isEmpty() ? null : out.get(out.size() - 1);
        if (last instanceof HttpObject object && object.decoderResult().isFailure()) {
            out.clear();
            rejectBody(in, new MalformedRequestException(400, "Malformed chunk of the body."));
        } else if (last instanceof LastHttpContent) {
            receiving = false;
            scanned = 0;
            chunks = null;
            onMalformedBody = null;
            ended();
        }
    }

    private void rejectBody(ByteBuf in, MalformedRequestException problem) {
        discarding = true;
        in.skipBytes(in.readableBytes());
        Consumer<MalformedRequestException> callback = onMalformedBody;
        onMalformedBody = null;
        if (callback == null) {
            channel.close();
        } else {
            callback.accept(problem);
        }
    }

    private HttpMessage invalid(MalformedRequestException problem) {
        HttpMessage message = createInvalidMessage();
        message.setDecoderResult(DecoderResult.failure(problem));
        return message;
    }

    /** Ends a connection whose request head has not arrived in time: with a reply if a part of it has. */
    void headTimedOut() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ctx == null || !head.hasBegun()) {
            abort();
            return;
        }
        begin();
        discarding = true;
        ctx.fireChannelRead(invalid(new MalformedRequestException(
                408, "The request line and the headers did not arrive in time. Send the request again.")));
        ctx.fireChannelReadComplete();
    }

    /** Closes the connection of a request at once and drops what the client has not taken, so that its memory is free. */
    static void abort(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        if (connection instanceof ConnectionBase base
                && base.channel().pipeline().get(NAME) instanceof RequestDecoder decoder) {
            decoder.abort();
        } else {
            connection.close();
        }
    }

    /** Closes the connection at once and drops what the client has not taken. */
    void abort() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ctx == null) {
            channel.close();
        } else {
            // Channel.close would let Vert.x wait until the client has received what was written.
            ctx.close();
        }
    }

    private void begin() {
        requestsOfTurn++;
        replying = true;
        connections.requestBegun(entry);
    }

    /** The current request has arrived, or its reply was written. */
    private void ended() {
        if (receiving || replying || discarding) {
            return;
        }
        if (!unread) {
            connections.requestEnded(entry);
        }
        if (held) {
            resumeLater();
        }
    }

    /** Something may have been written. */
    private void flushed() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (unread || ctx == null || !hasUnread()) {
            return;
        }
        unread = true;
        connections.unread(entry);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> taken());
    }

    /** The client has taken all that was written up to the last call of {@link Connections#unread}. */
    private void taken() {
        unread = false;
        if (!channel.isActive()) {
            return;
        }
        if (hasUnread()) {
            flushed();
        } else if (receiving || replying || discarding) {
            connections.requestBegun(entry);
        } else if (head.hasBegun()) {
            connections.headBegun(entry);
        } else {
            connections.requestEnded(entry);
        }
    }

    private boolean hasUnread() {
        ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
        return written != null && !written.isEmpty();
    }

    private void hold() {
        held = true;
        // Vert.x may have resumed reading in the meantime.
        channel.config().setAutoRead(false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        requestsOfTurn = 0;
        if (held && !replying) {
            resumeLater();
        }
    }

    /** Goes on with the bytes that were held, after the written replies have left the write queue. */
    private void resumeLater() {
        if (resuming) {
            return;
        }
        resuming = true;
        channel.eventLoop().execute(() -> {
            ChannelHandlerContext ctx = channel.pipeline().context(this);
            if (ctx != null) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> resume(ctx));
            }
        });
    }

    private void resume(ChannelHandlerContext ctx) throws Exception {
        resuming = false;
        if (!held || replying || !channel.isActive()) {
            return;
        }
        held = false;
        requestsOfTurn = 0;
        // Before the next request, which may pause reading again.
        channel.config().setAutoRead(true);
        channelRead(ctx, Unpooled.EMPTY_BUFFER);
        channelReadComplete(ctx);
    }

    /** Sees when the reply to a request is complete, and lets the client read the reply to a malformed one. */
    private final class Replies extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ctx.write(message, promise);
            if (message instanceof LastHttpContent && !isInterim(message)) {
                replying = false;
                ended();
            }
        }

        private static boolean isInterim(Object message) {
            return message instanceof HttpResponse response
                    && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            ctx.flush();
            flushed();
        }

        /** Vert.x closes twice: when the reply was written, and when its last flush failed because of the first time. */
        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
            if (!discarding || !channel.isActive() || !(channel instanceof SocketChannel socket)) {
                ctx.close(promise);
                return;
            }
            if (lingering) {
                channel.closeFuture().addListener(closed -> promise.trySuccess());
                return;
            }
            lingering = true;
            socket.shutdownOutput();
            channel.config().setAutoRead(true);
            channel.eventLoop().schedule(() -> ctx.close(promise), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
