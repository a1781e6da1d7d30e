package org.epmpulse.api;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.status.Answer;
import org.epmpulse.status.Entry;
import org.jspecify.annotations.Nullable;

/** The fields of a history entry in JSON and its columns in CSV, in this order. */
enum HistoryColumn {
    REVISION(Entry::revision),
    RECEIVED(Entry::received),
    APP(entry -> entry.id().app()),
    DOMAIN(entry -> entry.id().domain()),
    STATUS(entry -> entry.status().label()),
    JOB_ID(Entry::jobId),
    MESSAGE(Entry::message),
    TIMESTAMP(Entry::timestamp),
    UPDATED(Entry::updated),
    EPM_JOB_ID(Entry::epmJobId),
    SOURCE(entry -> entry.source().label()),
    KEY(Entry::key),
    OUTCOME(entry -> entry.outcome().label()),
    DURATION_SEC(Entry::durationSec),
    BATCH(Entry::batch),
    URL(Entry::url),
    KIND(entry -> answer(entry, answer -> answer.kind().label())),
    UNTIL(entry -> answer(entry, Answer::until)),
    REASON(entry -> answer(entry, Answer::reason)),
    BY(entry -> answer(entry, Answer::by)),
    ROUTE(Entry::route);

    private final String label = name().toLowerCase(Locale.ROOT);
    private final Function<Entry, @Nullable Object> value;

    HistoryColumn(Function<Entry, @Nullable Object> value) {
        this.value = value;
    }

    private static @Nullable Object answer(Entry entry, Function<Answer, @Nullable Object> field) {
        return entry.answer() == null ? null : field.apply(entry.answer());
    }

    /** The name of the field or column. */
    String label() {
        return label;
    }

    /** The value of an entry in this column; null if it has none. */
    @Nullable
    Object of(Entry entry) {
        return value.apply(entry);
    }

    /** All columns of an entry, also those without a value. */
    static Map<String, @Nullable Object> all(Entry entry) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (HistoryColumn column : values()) {
            values.put(column.label, column.of(entry));
        }
        return values;
    }
}
