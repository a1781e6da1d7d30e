package org.epmpulse.sandbox;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The products whose jobs can be polled, with Oracle's case-sensitive paths (REST API for Oracle Enterprise Performance
 * Management Cloud: versioning.html, retrieve_job_status.html, fdmee_jobstatus_di.html, lcm_export_v2.html; Narrative
 * Reporting: api-jobs.html).
 */
public enum SandboxProduct {
    /** Planning; Tax Reporting, Enterprise Profitability and Cost Management and FreeForm respond in the same way. */
    PLANNING("/HyperionPlanning/rest", "v3", "/applications/([^/]+)/jobs/(\\d{1,15})"),
    /** Financial Consolidation and Close: the same paths and responses as Planning. */
    FCCS("/HyperionPlanning/rest", "v3", "/applications/([^/]+)/jobs/(\\d{1,15})"),
    /** Account Reconciliation: Reconciliation Compliance. */
    ARCS("/armARCS/rest", "v1", "/jobs/(\\d{1,15})"),
    /** Account Reconciliation: Transaction Matching. */
    ARCS_TM("/arm/rest", "v1", "/jobs/(\\d{1,15})"),
    /** Data Integration and pipelines. */
    DATA_INTEGRATION("/aif/rest", "V1", "/jobs/(\\d{1,15})"),
    /** Enterprise Data Management: job ids are UUIDs, and a job has a separate result. */
    EDM("/epm/rest", "v1", "/jobRuns/([0-9a-fA-F-]{36})(/result)?"),
    /** Narrative Reporting: job ids are UUIDs. */
    NARRATIVE_REPORTING("/epm/rest", "v1", "/jobs/([0-9a-fA-F-]{36})"),
    /** Exports and imports of snapshots, in an environment of any product. */
    MIGRATION("/interop/rest", "v2", "/status/migration/(\\d{1,15})");

    private final String root;
    private final String version;
    private final Pattern job;

    SandboxProduct(String root, String version, String job) {
        this.root = root;
        this.version = version;
        this.job = Pattern.compile(Pattern.quote(root + "/" + version) + job);
    }

    /** As in {@link SandboxCall#operation}. */
    String operation() {
        return hasApplications() ? "planning" : name().toLowerCase(Locale.ROOT);
    }

    boolean hasApplications() {
        return this == PLANNING || this == FCCS;
    }

    String root() {
        return root;
    }

    String versionedRoot() {
        return root + "/" + version;
    }

    Pattern job() {
        return job;
    }
}
