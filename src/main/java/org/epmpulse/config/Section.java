package org.epmpulse.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An object of apps.json with the variables in its keys resolved. */
final class Section {

    /** Keys of EPMPulse 1.0 without effect here. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "job_types",
            "api_key_env",
            "slack_token_env",
            "canvas_id_env",
            "canvas_env",
            "log_level",
            "max_retries",
            "backoff_seconds");

    private final Field field;
    private final Map<String, Field> members = new LinkedHashMap<>();

    Section(Field field, JsonNode object, boolean keysRequired) {
        this.field = field;
        object.fields().forEachRemaining(entry -> {
            Field member = Field.member(entry.getKey(), entry.getValue(), field.pointer(), field.context());
            if (member.checkVariables(member.keyTemplate(), keysRequired)
                    && members.putIfAbsent(member.key(), member) != null) {
                member.error("duplicate key \"" + member.key() + "\"");
            }
        });
    }

    /** The member with this key; an absent field if there is none. */
    Field get(String key) {
        Field member = members.get(key);
        return member == null ? Field.absent(key, field.pointer(), field.context()) : member;
    }

    List<Field> fields() {
        return List.copyOf(members.values());
    }

    /** Warns of all other keys. */
    Section expectKeys(String... keys) {
        List<String> known = List.of(keys);
        for (Field member : members.values()) {
            if (!known.contains(member.key()) && !WITHOUT_EFFECT.contains(member.key())) {
                member.warning("unknown key \"" + member.key() + "\"." + Problems.didYouMean(member.key(), known));
            }
        }
        return this;
    }
}
