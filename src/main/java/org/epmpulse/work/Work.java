package org.epmpulse.work;

import java.util.Map;

/**
 * The message of an item.
 *
 * @param variables the exchange variables, by name
 */
public record Work(Object body, Map<String, Object> variables) {

    public Work {
        variables = Map.copyOf(variables);
    }

    /** A message without variables. */
    public static Work of(Object body) {
        return new Work(body, Map.of());
    }
}
