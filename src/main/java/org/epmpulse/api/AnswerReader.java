package org.epmpulse.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.InvalidUpdateException.Code;
import org.epmpulse.status.Names;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer to alerts. Unlike in an update, an unknown field is an error: a misspelled {@code until} would
 * make an acknowledgement without an end.
 *
 * @param until as it was sent; null if it is absent
 * @param reason null if it is absent
 * @param by null if it is absent
 */
record AnswerReader(
        @Nullable String until,
        @Nullable String reason,
        @Nullable String by) {

    private static final List<String> FIELDS = List.of("until", "reason", "by");

    /**
     * Reads the body.
     *
     * @throws InvalidUpdateException if it is not a JSON object with these fields
     */
    static AnswerReader read(byte @Nullable [] body) {
        return UpdateReader.parse(body, AnswerReader::fields);
    }

    private static AnswerReader fields(JsonParser json) throws IOException {
        String until = null;
        String reason = null;
        String by = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "until" -> until = UpdateReader.string(json, field);
                case "reason" -> reason = UpdateReader.string(json, field);
                case "by" -> by = UpdateReader.string(json, field);
                default -> throw unknown(field);
            }
        }
        return new AnswerReader(until, reason, by);
    }

    private static InvalidUpdateException unknown(String field) {
        String meant = UnknownFields.meant(field, FIELDS);
        return new InvalidUpdateException(
                Code.INVALID_REQUEST,
                "Unknown field " + Names.quote(field) + "."
                        + (meant == null ? " The fields are until, reason, by." : " Did you mean \"" + meant + "\"?"));
    }
}
