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

/** Parses one JSON document and reports the position of a syntax error. */
final class JsonText {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonText() {}

    /** Returns the document, or null and a problem if it is not JSON. A duplicate key is a problem, too. */
    static @Nullable JsonNode parse(byte[] json, String file, Problems problems) {
        try {
            JsonNode node = MAPPER.readTree(json);
            if (node == null || node.isMissingNode()) {
                problems.error(file, "must be a JSON object, is empty");
                return null;
            }
            findDuplicateKeys(json, file, problems);
            return node;
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? file : file + ":" + at.getLineNr() + ":" + at.getColumnNr();
            // Jackson's message quotes the file, which may be a secret without quotes.
            String reason = e.getOriginalMessage().split("\n")[0].replaceFirst("'[^']{2,}'", "'…'");
            problems.error(where, "is not valid JSON: " + reason);
            return null;
        } catch (IOException e) {
            problems.error(file, "is not valid JSON: must be UTF-8");
            return null;
        }
    }

    private static void findDuplicateKeys(byte[] json, String file, Problems problems) throws IOException {
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
                                    "duplicate key in line "
                                            + parser.currentTokenLocation().getLineNr());
                        }
                    }
                    default -> {}
                }
            }
        }
    }
}
