package org.epmpulse.config;

import java.util.HashMap;
import java.util.Map;
import org.epmpulse.status.Names;

/** Warns of names of one kind that people or clients would confuse. For one thread. */
final class NameChecks {

    private final String kind;
    private final Map<String, String> byShape = new HashMap<>();

    /** @param kind what the names are of, such as {@code app}, for messages */
    NameChecks(String kind) {
        this.kind = kind;
    }

    /** Checks a name that is valid, and that differs from those before. */
    void check(String name, Field field) {
        String oddity = Names.oddity(name);
        if (oddity != null) {
            field.warning(kind + " " + Names.quote(name) + " " + oddity + "; clients must send exactly this name");
        }
        String other = byShape.putIfAbsent(Names.shape(name), name);
        if (other == null) {
            return;
        }
        if (other.equals(name)) {
            field.warning(kind + " " + Names.quote(name) + " occurs more than once; people cannot distinguish them");
        } else if (other.equalsIgnoreCase(name)) {
            field.warning(kind + " " + Names.quote(name) + " differs from " + kind + " " + Names.quote(other)
                    + " only in upper and lower case; they are not the same");
        } else {
            field.warning(kind + " " + Names.quote(name) + " looks like another " + kind + ": it has "
                    + Names.difference(name, other) + "; they are not the same");
        }
    }
}
