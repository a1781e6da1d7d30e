package org.epmpulse.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.epmpulse.status.Names;

/** Collects problems, so that all of them are reported at once. For one thread. */
final class Problems {

    private final List<Problem> list = new ArrayList<>();

    void add(Problem problem) {
        list.add(problem);
    }

    void error(String where, String message) {
        list.add(Problem.error(where, message));
    }

    void warning(String where, String message) {
        list.add(Problem.warning(where, message));
    }

    /** The end of a message that suggests a known name, see {@link Names#hint}; empty if none is similar. */
    static String didYouMean(String name, Collection<String> known) {
        return Names.hint(name, known);
    }

    List<Problem> list() {
        return List.copyOf(list);
    }
}
