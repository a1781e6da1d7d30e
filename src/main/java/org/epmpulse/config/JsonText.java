package org.epmpulse.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one JSON document and says where it is none. */
final class JsonText {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonText() {}

    /** The document, the last of a repeated key; null, with a problem, if it is not JSON. */
    static @Nullable JsonNode parse(byte[] json, String file, Problems problems) {
        try {
            JsonNode node = MAPPER.readTree(json);
            if (node == null || node.isMissingNode()) {
                problems.error(file, "must be a JSON object, is empty");
                return null;
            }
            findRepeatedKeys(json, file, problems);
            return node;
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? file : file + ":" + at.getLineNr() + ":" + at.getColumnNr();
            // What Jackson quotes first comes out of the file and may be a secret that lacks its quotes.
            String reason = e.getOriginalMessage().split("\n")[0].replaceFirst("'[^']{2,}'", "'…'");
            problems.error(where, "is not valid JSON: " + reason);
            return null;
        } catch (IOException e) {
            problems.error(file, "is not valid JSON: must be UTF-8");
            return null;
        }
    }

    private static void findRepeatedKeys(byte[] json, String file, Problems problems) throws IOException {
        Deque<Set<String>> open = new ArrayDeque<>();
        try (JsonParser parser = MAPPER.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_OBJECT -> open.push(new HashSet<>());
                    case END_OBJECT -> open.pop();
                    case FIELD_NAME -> {
                        if (!open.element().add(parser.currentName())) {
                            problems.error(
                                    file + " " + parser.getParsingContext().pathAsPointer(),
                                    "the key is there twice, again in line "
                                            + parser.currentTokenLocation().getLineNr());
                        }
                    }
                    default -> {}
                }
            }
        }
    }
}
