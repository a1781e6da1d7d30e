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

/** Shows the description of the API: {@code GET /api/v1/openapi.json}. Thread-safe. */
public final class OpenApiReplies {

    private final Reply reply;
    private final EntityTag tag;

    /** @param version of the program, which is that of the API */
    public OpenApiReplies(String version) {
        try (InputStream in =
                Objects.requireNonNull(OpenApiReplies.class.getResourceAsStream("/openapi.json"), "it is in the jar")) {
            ObjectNode document = (ObjectNode) new ObjectMapper().readTree(in);
            document.withObject("/info").put("version", version);
            String json = document.toString();
            this.tag = new EntityTag(HexFormat.of().formatHex(Sha256.of(json), 0, 8));
            this.reply = Reply.text(Map.of(), json);
        } catch (IOException e) {
            throw new UncheckedIOException("the description of the API must be readable", e);
        }
    }

    /** The document, or 304 if the sender has this version already. */
    public Reply show(Map<String, Object> headers) {
        return tag.unlessKnown(headers, reply);
    }
}
