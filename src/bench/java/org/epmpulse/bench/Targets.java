package org.epmpulse.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Measured values beside their targets, as a table. Not thread-safe. */
final class Targets {

    private final String name;
    private final List<String[]> rows = new ArrayList<>();

    /** @param name of the table's files */
    Targets(String name) {
        this.name = name;
    }

    void atLeast(String what, double measured, double limit) {
        add(what, measured, "≥ ", limit, measured >= limit);
    }

    void atMost(String what, double measured, double limit) {
        add(what, measured, "≤ ", limit, measured <= limit);
    }

    private void add(String what, double measured, String relation, double limit, boolean met) {
        rows.add(new String[] {what, "%.2f".formatted(measured), relation + limit, met ? "yes" : "no"});
    }

    void publish() throws IOException, InterruptedException {
        Table table = new Table(name, "", "measured", "target", "met");
        rows.forEach(table::row);
        table.publish();
    }
}
