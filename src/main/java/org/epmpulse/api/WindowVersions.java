package org.epmpulse.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowView;
import org.jspecify.annotations.Nullable;

/**
 * A view of the current window, and in which version each of its domains changed last, so that a client that has a
 * version needs only what changed after it. Immutable. Holds four bytes a domain beside the view.
 *
 * @param series of versions that are compared with each other; another node, and another start, has another one
 * @param number 0 for the first version of the series
 * @param changed the number of the version in which each domain changed last, in the order of the view
 */
record WindowVersions(WindowView view, DomainNotes notes, String series, int number, int[] changed) {

    /** The first version of a new series. */
    static WindowVersions first(WindowView view, DomainNotes notes) {
        String series = UUID.randomUUID().toString().substring(0, 8);
        return new WindowVersions(view, notes, series, 0, new int[view.domains().size()]);
    }

    /**
     * The version after this one.
     *
     * @param next of the same domains
     */
    WindowVersions next(WindowView next, DomainNotes nextNotes) {
        int[] changes = Arrays.copyOf(changed, changed.length);
        Iterator<WindowDomain> before = view.domains().values().iterator();
        int i = 0;
        for (WindowDomain domain : next.domains().values()) {
            WindowEntry known = WindowEntry.of(before.next(), view, notes);
            if (!known.equals(WindowEntry.of(domain, next, nextNotes))) {
                changes[i] = number + 1;
            }
            i++;
        }
        return new WindowVersions(next, nextNotes, series, number + 1, changes);
    }

    boolean isOf(WindowView otherView, DomainNotes otherNotes) {
        return isSame(view, otherView) && isSame(notes, otherNotes);
    }

    @SuppressWarnings("ReferenceEquality") // both are new objects after each change, and large
    private static boolean isSame(Object one, Object other) {
        return one == other;
    }

    /** How clients name this version. */
    String name() {
        return series + "-" + number;
    }

    /** The number of a version of this series; null if it is none. */
    @Nullable
    Integer numberOf(String name) {
        String start = series + "-";
        if (!name.startsWith(start) || !name.substring(start.length()).matches("[0-9]{1,9}")) {
            return null;
        }
        int known = Integer.parseInt(name.substring(start.length()));
        return known <= number ? known : null;
    }

    /** The domains that changed after a version, in order. */
    List<WindowDomain> changedAfter(int known) {
        List<WindowDomain> domains = new ArrayList<>();
        int i = 0;
        for (WindowDomain domain : view.domains().values()) {
            if (changed[i++] > known) {
                domains.add(domain);
            }
        }
        return domains;
    }
}
