package org.epmpulse.board;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.GzipBodies;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A file of the page, as it is and compressed. Thread-safe; compressed at the first request that accepts it.
 */
final class PageFile {

    /** The folder of the files of this program. */
    static final String OWN = "/web/";

    private final String type;
    private final String tag;
    private final ByteBuffer content;
    private volatile @Nullable ByteBuffer compressed;

    private PageFile(String type, byte[] bytes) {
        this.type = type;
        this.tag = HexFormat.of().formatHex(Sha256.of(bytes), 0, 8);
        this.content = direct(bytes);
    }

    /**
     * Reads a file of the class path.
     *
     * @throws IllegalStateException if there is none
     */
    static PageFile read(String resource) {
        byte[] bytes = bytes(resource);
        if (bytes == null) {
            throw new IllegalStateException("the program must contain the file " + resource);
        }
        return of(resource, bytes);
    }

    /** Reads a file of the class path; null if there is none. */
    static @Nullable PageFile find(String resource) {
        byte[] bytes = bytes(resource);
        return bytes == null ? null : of(resource, bytes);
    }

    private static PageFile of(String resource, byte[] bytes) {
        String type = type(resource);
        // Not those of libraries: their comments have the licence.
        boolean compact = resource.startsWith(OWN) && (resource.endsWith(".js") || resource.endsWith(".css"));
        return new PageFile(
                type,
                compact ? compact(new String(bytes, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8) : bytes);
    }

    /**
     * The text without indentation, empty lines and lines of comments, which are a fifth of what would be sent. A line of
     * code must not begin like a comment.
     */
    static String compact(String text) {
        StringBuilder compact = new StringBuilder(text.length());
        boolean inComment = false;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            String code = line.strip();
            inComment = inComment || code.startsWith("/*");
            if (!inComment && !code.isEmpty() && !code.startsWith("//")) {
                compact.append(code).append('\n');
            }
            inComment = inComment && !code.endsWith("*/");
        }
        return compact.toString();
    }

    private static String type(String resource) {
        return switch (resource.substring(resource.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException("the type of " + resource + " must be known");
        };
    }

    private static byte @Nullable [] bytes(String resource) {
        try (InputStream in = PageFile.class.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + resource + " of the program must be readable", e);
        }
    }

    /** Outside the heap, so that the server sends it without a copy for each client. */
    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
    }

    /** Sends the file, or 304 if the client has it. */
    void send(ApiServer server, RoutingContext request) {
        boolean gzip = GzipBodies.accepts(request.request());
        HttpServerResponse response = request.response()
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-cache")
                .putHeader("Vary", "Accept-Encoding");
        request.etag('"' + tag + (gzip ? "-gzip\"" : "\""));
        if (request.isFresh()) {
            response.setStatusCode(304).end();
            return;
        }
        ByteBuffer body = gzip ? compressed() : content;
        if (gzip) {
            response.putHeader("Content-Encoding", "gzip");
        }
        // Vert.x adds it to the reply to GET, but not to HEAD.
        response.putHeader("Content-Length", Integer.toString(body.remaining())).putHeader("Content-Type", type);
        server.sendShared(request, body);
    }

    private ByteBuffer compressed() {
        ByteBuffer known = compressed;
        if (known == null) {
            byte[] bytes = new byte[content.remaining()];
            content.duplicate().get(bytes);
            known = direct(GzipBodies.best(bytes));
            compressed = known;
        }
        return known;
    }
}
