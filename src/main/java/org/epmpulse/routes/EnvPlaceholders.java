package org.epmpulse.routes;

import java.util.Locale;
import java.util.function.Function;
import org.apache.camel.spi.PropertiesFunction;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code {{env:NAME}}} and {@code {{env:NAME:default}}} in routes from the variables of EPMPulse, in place of
 * Camel's function, which does not know {@code .env}. Thread-safe.
 */
final class EnvPlaceholders implements PropertiesFunction {

    private final Function<String, @Nullable String> values;

    /** @param values by the name of the variable; null if it has none */
    EnvPlaceholders(Function<String, @Nullable String> values) {
        this.values = values;
    }

    @Override
    public String getName() {
        return "env";
    }

    /** Null if there is neither a value nor a default; Camel then rejects the route. */
    @Override
    public @Nullable String apply(String remainder) {
        int colon = remainder.indexOf(':');
        String name = colon < 0 ? remainder : remainder.substring(0, colon);
        String value = values.apply(name);
        if (value == null) {
            // As Camel does: my.name stands for MY_NAME.
            value = values.apply(name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
        }
        return value != null || colon < 0 ? value : remainder.substring(colon + 1);
    }
}
