package org.epmpulse.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Sha256;

/** Returns the OpenAPI document: {@code GET /api/v1/openapi.json}. Thread-safe. */
public final class OpenApiReplies {

    private final Reply reply;
    private final EntityTag tag;

    /** @param version of the program and of the API */
    public OpenApiReplies(String version) {
        try (InputStream in =
                Objects.requireNonNull(OpenApiReplies.class.getResourceAsStream("/openapi.json"), "it is in the jar")) {
            ObjectNode document = (ObjectNode) new ObjectMapper().readTree(in);
            document.withObject("/info").put("version", version);
            String json = document.toString();
            this.tag = new EntityTag(HexFormat.of().formatHex(Sha256.of(json), 0, 8));
            this.reply = Reply.constant(json);
        } catch (IOException e) {
            throw new UncheckedIOException("/openapi.json must be readable JSON", e);
        }
    }

    /** The document, or 304 if {@code If-None-Match} names this version. */
    public Reply show(Map<String, Object> headers) {
        return tag.replyOrNotModified(headers, reply);
    }
}
