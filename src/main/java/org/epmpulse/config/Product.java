package org.epmpulse.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The EPM products whose jobs can be polled. Each family has its own REST path and its own status numbers. */
public enum Product {
    PLANNING,
    FCCS,
    /** Tax Reporting. */
    TAX,
    /** Enterprise Profitability and Cost Management. */
    EPCM,
    FREEFORM,
    /** Account Reconciliation: Reconciliation Compliance. */
    ARCS,
    /** Account Reconciliation: Transaction Matching. */
    ARCS_TM,
    DATA_INTEGRATION,
    /** Enterprise Data Management. */
    EDM,
    NARRATIVE_REPORTING,
    /** Exports and imports of snapshots, in an environment of any product. */
    MIGRATION;

    /** Whether jobs belong to an application and have Planning's path and status numbers. */
    public boolean hasApplications() {
        return switch (this) {
            case PLANNING, FCCS, TAX, EPCM, FREEFORM -> true;
            case ARCS, ARCS_TM, DATA_INTEGRATION, EDM, NARRATIVE_REPORTING, MIGRATION -> false;
        };
    }

    /** Whether the ids of jobs are UUIDs; otherwise they are numbers. */
    public boolean hasUuidJobs() {
        return this == EDM || this == NARRATIVE_REPORTING;
    }

    /** The value of {@code product} in apps.json. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> ids() {
        return Arrays.stream(values()).map(Product::id).toList();
    }

    static @Nullable Product byId(String id) {
        return Arrays.stream(values())
                .filter(product -> product.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
