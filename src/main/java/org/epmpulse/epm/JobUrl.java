package org.epmpulse.epm;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Product;

/**
 * The URL of a job's status. The id and the application's name can change only their own part of the path; the rest of
 * the URL comes from the configuration.
 *
 * <p>Paths are Oracle's and case-sensitive (REST APIs for Oracle Fusion Cloud EPM: versioning.html,
 * retrieve_job_status.html, arcs_get_job_status.html, arcs_get_job_status_tm.html, fdmee_jobstatus_di.html,
 * lcm_export_v2.html; Enterprise Data Management: op-v1-jobruns-jobrunid-get.html; Narrative Reporting:
 * api-jobs.html).
 */
public final class JobUrl {

    static final String PLANNING_APPLICATIONS = "/HyperionPlanning/rest/v3/applications";

    static final String REPORTS = "/HyperionPlanning/rest/fcmapi/v1/report";

    private static final String FILES = "/interop/rest/11.1.2.3.600/applicationsnapshots/";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private JobUrl() {}

    /**
     * The URL of a job.
     *
     * @param server has a {@code base_url}
     * @param application the application's name in EPM; only the URLs of {@link Product#hasApplications} contain it
     * @param epmJobId 1 to 19 digits, a UUID for {@link Product#hasUuidJobs}
     * @throws IllegalArgumentException if the id or the name is invalid
     */
    public static URI of(AppsConfig.Server server, String application, String epmJobId) {
        return URI.create(base(server) + path(server.product(), application, id(server.product(), epmJobId)));
    }

    /** The name in EPM of the application that an app stands for. */
    public static String application(AppsConfig.Server server, AppsConfig.App app) {
        return server.application() == null ? app.id() : server.application();
    }

    /** The URL to start jobs of a product with applications (execute_a_job.html). */
    static URI jobs(AppsConfig.Server server, String application) {
        return URI.create(base(server) + PLANNING_APPLICATIONS + "/" + segment(application) + "/jobs");
    }

    /**
     * The URL of a file in the repository of the environment (delete_files.html). With {@code /contents} it is the
     * URL of its content (download.html).
     */
    static URI file(AppsConfig.Server server, String name) {
        return URI.create(base(server) + FILES + segment(name));
    }

    /** The URL of the data rules of a location of Data Integration, which Oracle does not document. */
    static URI rules(AppsConfig.Server server, String location) {
        return URI.create(base(server) + "/aif/rest/V1/rules?locationId=" + segment(location));
    }

    /** The URL to generate a report of Task Manager. */
    static URI report(AppsConfig.Server server) {
        return URI.create(base(server) + REPORTS);
    }

    /**
     * The URL of a generated report.
     *
     * @param path below {@value #REPORTS}
     * @throws IllegalArgumentException if it is elsewhere
     */
    static URI reportContent(AppsConfig.Server server, String path) {
        if (!path.startsWith(REPORTS) || path.contains("..") || path.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("the report must be below " + REPORTS);
        }
        return URI.create(base(server) + path);
    }

    private static URI base(AppsConfig.Server server) {
        return Objects.requireNonNull(server.baseUrl(), "server must have a base_url");
    }

    private static String path(Product product, String application, String id) {
        return switch (product) {
            case PLANNING, FCCS, TAX, EPCM, FREEFORM ->
                PLANNING_APPLICATIONS + "/" + segment(application) + "/jobs/" + id;
            case ARCS -> "/armARCS/rest/v1/jobs/" + id;
            case ARCS_TM -> "/arm/rest/v1/jobs/" + id;
            case DATA_INTEGRATION -> "/aif/rest/V1/jobs/" + id;
            case EDM -> "/epm/rest/v1/jobRuns/" + id;
            case NARRATIVE_REPORTING -> "/epm/rest/v1/jobs/" + id;
            case MIGRATION -> "/interop/rest/v2/status/migration/" + id;
        };
    }

    private static String id(Product product, String epmJobId) {
        boolean uuid = product.hasUuidJobs();
        if (!(uuid ? UUID : NUMBER).matcher(epmJobId).matches()) {
            throw new IllegalArgumentException("epm_job_id must be " + (uuid ? "a UUID" : "1 to 19 digits"));
        }
        return epmJobId;
    }

    private static String segment(String application) {
        // Clients and gateways resolve dots even where they are encoded.
        if (application.isBlank() || application.equals(".") || application.equals("..")) {
            throw new IllegalArgumentException("application must be the name of an application in EPM");
        }
        return URLEncoder.encode(application, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
