package org.epmpulse.status;

import java.util.AbstractList;
import java.util.List;

/** The entries of a request that was accepted with {@link Warnings}. Immutable. */
public final class WarnedEntries extends AbstractList<Entry> {

    private final List<Entry> entries;
    private final Warnings warnings;

    private WarnedEntries(List<Entry> entries, Warnings warnings) {
        this.entries = entries;
        this.warnings = warnings;
    }

    /** The entries with these warnings; the same list if there are none. */
    public static List<Entry> of(List<Entry> entries, Warnings warnings) {
        return warnings.isEmpty() ? entries : new WarnedEntries(entries, warnings);
    }

    /** The warnings that belong to a list of entries. */
    public static Warnings warnings(List<Entry> entries) {
        return entries instanceof WarnedEntries warned ? warned.warnings : Warnings.NONE;
    }

    @Override
    public Entry get(int index) {
        return entries.get(index);
    }

    @Override
    public int size() {
        return entries.size();
    }
}
