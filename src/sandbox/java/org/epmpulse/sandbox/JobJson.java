package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Renders a job's state in the format of each product (retrieve_job_status.html, fdmee_jobstatus_di.html,
 * op-v1-jobruns-jobrunid-result-get.html, lcm_export_v2.html and the ARCS samples).
 */
final class JobJson {

    private static final int UNKNOWN = Integer.MAX_VALUE;

    private final String href;

    /** @param href address of the job */
    JobJson(String href) {
        this.href = href;
    }

    ObjectNode render(SandboxProduct product, String id, ScriptedJobState state) {
        ObjectNode json =
                switch (product) {
                    case PLANNING, FCCS -> planning(id, state);
                    case ARCS -> arcs("ARCS", id, state);
                    case ARCS_TM -> arcs("TM", id, state);
                    case DATA_INTEGRATION -> dataIntegration(id, state);
                    case EDM -> edm(id, state);
                    case NARRATIVE_REPORTING -> narrativeReporting(id, state);
                    case MIGRATION -> migration(state);
                };
        return state.overwriteFields(json);
    }

    /**
     * The response to EDM's separate request for the result of a job: an envelope with the fields of the job. Only
     * {@code result} says whether a completed job succeeded.
     */
    static ObjectNode edmResult(String id, ScriptedJobState state) {
        ObjectNode json = edm(id, state);
        boolean success = state.state() == ScriptedJobState.State.SUCCEEDED;
        ObjectNode result = json.putObject("result").put("success", success);
        ObjectNode task = result.putArray("tasks").addObject();
        task.put("taskName", "Export").put("status", success ? "COMPLETED" : "ERROR");
        String details = state.details();
        ArrayNode messages = task.putArray("messages");
        if (details != null) {
            messages.add(details);
        }
        return json;
    }

    /** The response to the request for the details of a Planning job: a child job for each part with an error. */
    ObjectNode details(ScriptedJobState state) {
        ObjectNode json = node();
        ArrayNode items = json.putArray("items");
        int child = 0;
        for (String dimension : state.childErrors().keySet()) {
            child++;
            ObjectNode item = items.addObject()
                    .put("recordsRead", 8)
                    .put("recordsRejected", 1)
                    .put("recordsProcessed", 7)
                    .put("dimensionName", dimension)
                    .put("loadType", "Metadata Import");
            item.putArray("links")
                    .addObject()
                    .put("rel", "child-job-details")
                    .put("href", href.replace("/details", "/childjobs/" + child + "/details"))
                    .put("action", "GET");
        }
        return json;
    }

    /** The response to the request for the details of a child job. */
    static ObjectNode childDetails(ScriptedJobState state, int child) {
        ObjectNode json = node();
        ArrayNode items = json.putArray("items");
        state.childErrors().values().stream().skip(child - 1L).findFirst().ifPresent(message -> items.addObject()
                .put("msgType", "ERROR")
                .put("msgCategory", "Metadata Import")
                .put("msgText", message));
        return json;
    }

    private ObjectNode planning(String id, ScriptedJobState state) {
        ObjectNode json = node().put("status", planningStatus(state.state()));
        putDetails(json, state, state.state() == ScriptedJobState.State.SUCCEEDED ? "Job was successful" : null);
        json.put("jobId", Long.parseLong(id))
                .put("jobName", "Job " + id)
                .put("descriptiveStatus", description(state.state()));
        int consoleCode = consoleCode(state.state());
        if (consoleCode > 0) {
            json.put("detailedStatus", consoleCode);
        }
        json.putArray("links").addObject().put("rel", "self").put("href", href).put("action", "GET");
        return json;
    }

    private static int planningStatus(ScriptedJobState.State state) {
        return switch (state) {
            case RUNNING -> -1;
            case SUCCEEDED, SUCCEEDED_WITH_WARNINGS -> 0;
            case FAILED -> 1;
            case CANCELLING -> 2;
            case CANCELLED -> 3;
            case INVALID_PARAMETER -> 4;
            case UNKNOWN -> UNKNOWN;
        };
    }

    private static String description(ScriptedJobState.State state) {
        return switch (state) {
            case RUNNING -> "Processing";
            case SUCCEEDED -> "Completed";
            case SUCCEEDED_WITH_WARNINGS -> "Completed with warnings";
            case FAILED -> "Error";
            case CANCELLING -> "Cancel Pending";
            case CANCELLED -> "Cancelled";
            case INVALID_PARAMETER -> "Invalid Parameter";
            case UNKNOWN -> "Unknown";
        };
    }

    /** The Job Console's code; 0 where the response has none. */
    private static int consoleCode(ScriptedJobState.State state) {
        return switch (state) {
            case SUCCEEDED -> 2;
            case FAILED -> 3;
            case CANCELLING -> 6;
            case CANCELLED -> 7;
            case SUCCEEDED_WITH_WARNINGS -> 9;
            case RUNNING, INVALID_PARAMETER, UNKNOWN -> 0;
        };
    }

    /** In ARCS every positive status is a failure. */
    private ObjectNode arcs(String type, String id, ScriptedJobState state) {
        ObjectNode json = node().put("type", type).put("status", planningStatus(state.state()));
        String defaultDetails =
                switch (state.state()) {
                    case RUNNING -> "In Process";
                    case SUCCEEDED, SUCCEEDED_WITH_WARNINGS -> "Job Completed. Job ID: " + id;
                    default -> "Job Failed. Job ID: " + id;
                };
        putDetails(json, state, defaultDetails);
        json.putArray("links").addObject().put("rel", "self").put("href", href).put("action", "GET");
        json.putNull("error");
        json.putNull("items");
        json.putNull("link");
        return json;
    }

    /** As Planning, without cancel pending and invalid parameter. */
    private ObjectNode narrativeReporting(String id, ScriptedJobState state) {
        int status =
                switch (state.state()) {
                    case RUNNING, CANCELLING -> -1;
                    case SUCCEEDED, SUCCEEDED_WITH_WARNINGS -> 0;
                    case CANCELLED -> 3;
                    case FAILED, INVALID_PARAMETER -> 1;
                    case UNKNOWN -> UNKNOWN;
                };
        ObjectNode json = node().put("status", status);
        putDetails(json, state, null);
        json.put("jobId", id).put("jobName", "Job " + id).put("jobType", "EXECUTE_BURST");
        return json.put("descriptiveStatus", description(state.state()));
    }

    private ObjectNode migration(ScriptedJobState state) {
        ObjectNode json = node().put("status", planningStatus(state.state()));
        putDetails(json, state, null);
        if (state.state() == ScriptedJobState.State.FAILED) {
            json.putArray("items")
                    .addObject()
                    .put("source", "/HP-Vision")
                    .put("destination", "Vision")
                    .put("name", "Task Information");
        } else {
            json.putNull("items");
        }
        json.putArray("links").addObject().put("rel", "self").put("href", href).put("action", "GET");
        return json;
    }

    private ObjectNode dataIntegration(String id, ScriptedJobState state) {
        String jobStatus =
                switch (state.state()) {
                    case RUNNING, CANCELLING -> "RUNNING";
                    case SUCCEEDED -> "SUCCESS";
                    case SUCCEEDED_WITH_WARNINGS -> "WARNING";
                    default -> "FAILED";
                };
        ObjectNode json = node().put("jobId", Long.parseLong(id)).put("jobStatus", jobStatus);
        json.put("status", Integer.toString(planningStatus(state.state())));
        putDetails(json, state, "null");
        json.put("logFileName", "outbox/logs/Sandbox_" + id + ".log");
        json.putNull("outputFileName");
        json.put("processType", "COMM_LOAD_BALANCES").put("executedBy", "sandbox.user");
        json.putArray("links").addObject().put("rel", "self").put("href", href).put("action", "GET");
        return json;
    }

    /** The status values come from public API clients; they were not checked against an environment. */
    private static ObjectNode edm(String id, ScriptedJobState state) {
        String status =
                switch (state.state()) {
                    case RUNNING, CANCELLING -> "RUNNING";
                    case SUCCEEDED, SUCCEEDED_WITH_WARNINGS -> "COMPLETED";
                    case FAILED, CANCELLED, INVALID_PARAMETER -> "ERROR";
                    case UNKNOWN -> "UNKNOWN";
                };
        ObjectNode json = node().put("id", id)
                .put("description", "Job " + id)
                .put("origin", "REST")
                .put("status", status)
                .put("jobProgress", status.equals("RUNNING") ? 1 : 2)
                .put("jobSize", 2);
        String details = state.details();
        if (details == null || !status.equals("ERROR")) {
            json.putNull("error");
        } else {
            json.put("error", details);
        }
        return json.put("created", "2026-01-01T00:00:00.000Z");
    }

    private static void putDetails(ObjectNode json, ScriptedJobState state, @Nullable String defaultDetails) {
        String details = state.details();
        json.put("details", details == null ? defaultDetails : details);
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
