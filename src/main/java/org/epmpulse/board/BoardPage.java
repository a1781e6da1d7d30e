package org.epmpulse.board;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.EndpointPolicies;
import org.epmpulse.status.Sha256;

/**
 * Serves the web page of the board. Its files need no key because they contain no status: the page requests that from
 * the API with the user's key. Immutable; the files are read once.
 */
public final class BoardPage {

    private static final String FOLDER = "/web/";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record PageFile(String path, String type, String tag, ByteBuffer content) {

        static PageFile read(String path, String name, String type) {
            byte[] content = bytes(name);
            // Outside the heap, so that the server sends it without a copy for each client.
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(content.length).put(content).flip();
            return new PageFile(path, type, tagOf(content), direct.asReadOnlyBuffer());
        }

        void send(ApiServer server, RoutingContext request) {
            HttpServerResponse response = request.response()
                    .putHeader("Content-Security-Policy", POLICY)
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .putHeader("Referrer-Policy", "no-referrer")
                    .putHeader("Cache-Control", "no-cache");
            request.etag(tag);
            if (request.isFresh()) {
                response.setStatusCode(304).end();
            } else {
                // Vert.x adds it to the reply to GET, but not to HEAD.
                response.putHeader("Content-Length", Integer.toString(content.remaining()))
                        .putHeader("Content-Type", type);
                server.sendShared(request, content);
            }
        }
    }

    private final List<PageFile> files = List.of(
            PageFile.read("/", "index.html", "text/html; charset=utf-8"),
            PageFile.read("/board.css", "board.css", "text/css; charset=utf-8"),
            PageFile.read("/board.js", "board.js", "text/javascript; charset=utf-8"),
            PageFile.read("/answers.js", "answers.js", "text/javascript; charset=utf-8"),
            PageFile.read("/icon.svg", "icon.svg", "image/svg+xml"));

    /** Adds {@code GET /} and the path of each file to the server. */
    public void mountOn(ApiServer server) {
        files.forEach(
                file -> server.mount(file.path(), EndpointPolicies.PUBLIC, request -> file.send(server, request)));
    }

    private static byte[] bytes(String name) {
        try (InputStream in = BoardPage.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the program must contain the file " + FOLDER + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + FOLDER + name + " of the program must be readable", e);
        }
    }

    private static String tagOf(byte[] content) {
        return "\"" + HexFormat.of().formatHex(Sha256.of(content), 0, 8) + "\"";
    }
}
