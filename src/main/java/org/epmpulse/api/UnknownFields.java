package org.epmpulse.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.epmpulse.status.Names;
import org.epmpulse.status.Warnings;
import org.jspecify.annotations.Nullable;

/** Collects warnings about unknown fields of a request, which are ignored. Bounded. For one thread. */
final class UnknownFields {

    private static final List<String> OF_UPDATE =
            List.of("app", "domain", "status", "job_id", "message", "timestamp", "epm_job_id", "url");
    private static final List<String> OF_BATCH = List.of("updates", "job_id", "timestamp");

    /** Fields named for an object. */
    private static final int MAX_FIELDS = 5;

    /** Items of a batch with warnings of their own. */
    private static final int MAX_ITEMS = 100;

    private final List<String> request = new ArrayList<>();
    private final Map<Integer, List<String>> items = new HashMap<>();
    private int unlistedFields;

    /** @param index of the update in the request */
    void ofUpdate(int index, String field) {
        if (items.size() < MAX_ITEMS || items.containsKey(index)) {
            add(items.computeIfAbsent(index, first -> new ArrayList<>()), field, OF_UPDATE);
        } else {
            unlistedFields++;
        }
    }

    void ofBatch(String field) {
        add(request, field, OF_BATCH);
    }

    private void add(List<String> warnings, String field, List<String> known) {
        if (warnings.size() == MAX_FIELDS) {
            unlistedFields++;
            return;
        }
        String meant = meant(field, known);
        warnings.add("Unknown field " + Names.quote(field) + " was ignored."
                + (meant == null ? "" : " Did you mean \"" + meant + "\"?"));
    }

    /** The known field that was probably meant, also by an abbreviation such as {@code msg}; null if none is similar. */
    static @Nullable String meant(String field, List<String> known) {
        String nearest = Names.nearest(field, known);
        if (nearest != null || field.length() < 2 || field.length() > 50) {
            return nearest;
        }
        String name = field.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(candidate -> isAbbreviation(name, candidate) || name.startsWith(candidate))
                .findFirst()
                .orElse(null);
    }

    /** Whether a text is the first letter of a word and others of its letters in their order. */
    private static boolean isAbbreviation(String text, String word) {
        int found = 0;
        for (int i = 0; i < word.length() && found < text.length(); i++) {
            if (text.charAt(found) == word.charAt(i)) {
                found++;
            } else if (i == 0) {
                return false;
            }
        }
        return found == text.length();
    }

    Warnings warnings() {
        List<String> all = new ArrayList<>(request);
        if (unlistedFields > 0) {
            all.add("Further unknown fields were ignored: " + unlistedFields + ".");
        }
        return new Warnings(all, items);
    }
}
