package org.epmpulse.status;

import java.util.List;
import java.util.Map;

/**
 * What was ignored in a request that was accepted. Immutable.
 *
 * @param request about the request as a whole
 * @param items about single updates, by their index in the request
 */
public record Warnings(List<String> request, Map<Integer, List<String>> items) {

    /** No warning. */
    public static final Warnings NONE = new Warnings(List.of(), Map.of());

    public Warnings {
        request = List.copyOf(request);
        items = Map.copyOf(items);
    }

    public boolean isEmpty() {
        return request.isEmpty() && items.isEmpty();
    }

    /** About the update with this index, counted from 0. */
    public List<String> item(int index) {
        return items.getOrDefault(index, List.of());
    }
}
