package org.epmpulse.api;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.store.Run;
import org.jspecify.annotations.Nullable;

/** The fields of a run in JSON and its columns in CSV, in this order. */
enum RunColumn {
    APP(run -> run.id().app()),
    DOMAIN(run -> run.id().domain()),
    JOB_ID(Run::jobId),
    STATUS(run -> run.status().label()),
    STARTED(Run::started),
    COMPLETED(Run::completed),
    DURATION_SEC(Run::durationSec),
    MESSAGE(Run::message),
    URL(Run::url);

    private final String label = name().toLowerCase(Locale.ROOT);
    private final Function<Run, @Nullable Object> value;

    RunColumn(Function<Run, @Nullable Object> value) {
        this.value = value;
    }

    /** The name of the field or column. */
    String label() {
        return label;
    }

    /** The value of a run in this column; null if it has none. */
    @Nullable
    Object of(Run run) {
        return value.apply(run);
    }

    /** All columns of a run, also those without a value. */
    static Map<String, @Nullable Object> all(Run run) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (RunColumn column : values()) {
            values.put(column.label, column.of(run));
        }
        return values;
    }
}
