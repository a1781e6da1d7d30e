package org.epmpulse.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the bodies of replies. A body that is the same for many requests is compressed once. Used on the event loop;
 * workers compress.
 */
public final class GzipBodies {

    /** Smaller bodies are sent as they are: a few packets less are not worth the CPU time. */
    static final int MIN_BYTES = 16 * 1024;

    /** A body that many requests get, and its compressed bytes, which are compressed again if memory was short. */
    private record Compressed(WeakReference<Object> identity, SoftReference<CompletableFuture<ByteBuffer>> body) {}

    private static final int BUFFER_BYTES = 8 * 1024;

    /** The last shared bodies; as many as there are kinds of them. */
    private final @Nullable Compressed[] last = new Compressed[4];

    private int next;

    private static final class GzipStream extends GZIPOutputStream {

        GzipStream(OutputStream out, int level) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(level);
        }
    }

    /** Whether the client of a request accepts gzip. */
    public static boolean accepts(HttpServerRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
        if (accepted == null) {
            return false;
        }
        for (String coding : accepted.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = coding.split(";", 2);
            String name = parts[0].strip();
            if (name.equals("gzip") || name.equals("x-gzip")) {
                return parts.length == 1 || !parts[1].replace(" ", "").matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** Compresses a file that is sent often as much as possible. */
    public static byte[] best(byte[] bytes) {
        return compress(ByteBuffer.wrap(bytes), Deflater.BEST_COMPRESSION);
    }

    private static byte[] compress(ByteBuffer body, int level) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(Math.max(512, body.remaining() / 6));
        try (GzipStream out = new GzipStream(compressed, level)) {
            byte[] part = new byte[BUFFER_BYTES];
            ByteBuffer rest = body.duplicate();
            while (rest.hasRemaining()) {
                int size = Math.min(part.length, rest.remaining());
                rest.get(part, 0, size);
                out.write(part, 0, size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("compressing in memory must not fail", e);
        }
        return compressed.toByteArray();
    }

    /**
     * Compresses a body on a worker.
     *
     * @param identity the object that keeps the body for many requests, compared with {@code ==}; null if the body exists
     *     for one request only
     * @return completes on a worker or at once
     */
    CompletionStage<ByteBuffer> compress(Vertx vertx, ByteBuffer body, @Nullable Object identity) {
        CompletableFuture<ByteBuffer> known = identity == null ? null : known(identity);
        if (known != null) {
            return known;
        }
        CompletableFuture<ByteBuffer> compressed = new CompletableFuture<>();
        if (identity != null) {
            remember(identity, compressed);
        }
        vertx.executeBlocking(() -> ByteBuffer.wrap(compress(body, Deflater.BEST_SPEED)), false)
                .onSuccess(compressed::complete)
                .onFailure(compressed::completeExceptionally);
        return compressed;
    }

    private synchronized @Nullable CompletableFuture<ByteBuffer> known(Object identity) {
        for (Compressed each : last) {
            if (each != null && each.identity().get() == identity) {
                CompletableFuture<ByteBuffer> body = each.body().get();
                return body == null || body.isCompletedExceptionally() ? null : body;
            }
        }
        return null;
    }

    private synchronized void remember(Object identity, CompletableFuture<ByteBuffer> body) {
        last[next] = new Compressed(new WeakReference<>(identity), new SoftReference<>(body));
        next = (next + 1) % last.length;
    }
}
