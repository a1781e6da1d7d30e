package org.epmpulse.epm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Product;
import org.jspecify.annotations.Nullable;

/**
 * Tries whether jobs could be polled: signs in to a pod, asks it something harmless, and says in plain words what is
 * wrong and what to do. Thread-safe.
 */
public final class EpmCheck {

    private static final String POD_ADDRESS =
            "base_url must be the address of the pod, such as https://acme-epm.epm.us-phoenix-1.ocs.oraclecloud.com";

    /** Jobs that most likely are not there: a pod that says so in JSON is reached. */
    private static final String ANY_JOB = "1";

    private static final String ANY_UUID = "00000000-0000-0000-0000-000000000000";

    private static final int MAX_NAMES = 10;

    private final BoundedHttp http;
    private final TokenProvider tokens;

    public EpmCheck(InstantSource clock) {
        this(clock, new BoundedHttp());
    }

    EpmCheck(InstantSource clock, BoundedHttp http) {
        this.http = http;
        this.tokens = new TokenProvider(clock, http);
    }

    /** What came of trying every server that is polled, in their order; each takes up to a minute, all at once. */
    public static List<OnlineFinding> run(AppsConfig apps, InstantSource clock) {
        List<AppsConfig.Server> servers = apps.polledServers();
        if (servers.isEmpty()) {
            return List.of(
                    OnlineFinding.note("EPM", "no server is polled: none has a base_url, credentials and an app"));
        }
        EpmCheck check = new EpmCheck(clock);
        return servers.parallelStream()
                .flatMap(server -> check.check(server).stream())
                .toList();
    }

    /** What came of trying a server: up to a minute's work, nothing for a server that is not configured. */
    List<OnlineFinding> check(AppsConfig.Server server) {
        URI base = server.baseUrl();
        Auth auth = server.auth();
        if (base == null || auth == null) {
            return List.of();
        }
        Report report = new Report("EPM server " + server.id());
        try {
            String authorization = tokens.authorization(server);
            if (!(auth instanceof Auth.Basic)) {
                report.good("the identity domain gives a token");
            }
            askPod(server, base, auth, authorization, report);
        } catch (EpmCredentialsException | EpmUnavailableException e) {
            report.bad(Objects.requireNonNullElse(e.getMessage(), "no token"));
        }
        return List.copyOf(report.findings);
    }

    private void askPod(AppsConfig.Server server, URI base, Auth auth, String authorization, Report report) {
        BoundedHttp.Reply reply;
        try {
            reply = http.send(HttpRequest.newBuilder(harmless(server, base))
                    .header("Authorization", authorization)
                    .header("Accept", "application/json")
                    .build());
        } catch (IOException e) {
            report.bad("the pod " + base.getHost() + " cannot be reached: " + BoundedHttp.why(e)
                    + "; check base_url, proxy (-Dhttps.proxyHost), firewall and Java's trust store");
            return;
        }
        JsonNode json = EpmJson.isJson(reply.contentType()) ? EpmJson.object(reply.body()) : null;
        boolean listsApplications = applications(server.product());
        boolean noSuchJob = !listsApplications && (reply.status() == 404 || reply.status() == 400);
        if (json != null && (reply.status() == 200 || noSuchJob)) {
            report.good("the pod answers");
            if (listsApplications && server.application() != null) {
                findApplication(json, server.application(), report);
            }
        } else {
            report.bad(problem(reply.status(), server.product(), base, auth));
        }
    }

    private static URI harmless(AppsConfig.Server server, URI base) {
        if (applications(server.product())) {
            return URI.create(base + JobUrl.PLANNING_APPLICATIONS);
        }
        return JobUrl.of(server, "", server.product() == Product.EDM ? ANY_UUID : ANY_JOB);
    }

    private static boolean applications(Product product) {
        return product == Product.PLANNING || product == Product.FCCS;
    }

    private static void findApplication(JsonNode json, String application, Report report) {
        List<String> names = new ArrayList<>();
        json.path("items").forEach(item -> names.add(item.path("name").asText()));
        if (!names.isEmpty() && !names.contains(application)) {
            String known = SingleLine.of(String.join(", ", names.subList(0, Math.min(MAX_NAMES, names.size()))));
            report.bad("the pod has no application \"" + application + "\", but " + known);
        }
    }

    private static String problem(int httpStatus, Product product, URI base, Auth auth) {
        String http = " (HTTP " + httpStatus + ")";
        if (httpStatus == 401) {
            return "the pod does not accept the credentials" + http + ": " + advice(auth);
        }
        if (httpStatus == 403) {
            return "the pod does not let the user read jobs" + http + ": give it the role "
                    + JobStatusMapper.role(product);
        }
        if (httpStatus == 200 || httpStatus / 100 == 3) {
            return "the pod shows a page, most likely to sign in, in place of JSON" + http + ": " + address(base);
        }
        if (httpStatus == 404 || httpStatus == 405) {
            return "no " + product.id() + " answers at this address" + http + ": " + address(base)
                    + ", and product must be what runs there";
        }
        if (httpStatus == 429 || httpStatus >= 500) {
            return "the pod is down, in maintenance or asked too often" + http + ": try again later";
        }
        return "the pod answers with HTTP " + httpStatus + ": " + address(base);
    }

    private static String advice(Auth auth) {
        return switch (auth.type()) {
            case "oauth" ->
                "look at scope, which must be the pod's; Oracle documents no client credentials for EPM, so auth.type"
                        + " jwt_assertion may be needed";
            case "jwt_assertion" -> "look at scope, which must be the pod's, and whether subject is a user of the pod";
            default ->
                "look at username (identitydomain.user where there are several domains) and password; a user with"
                        + " multifactor authentication needs auth.type jwt_assertion";
        };
    }

    private static String address(URI base) {
        @Nullable String path = base.getPath();
        return POD_ADDRESS + (path == null || path.isEmpty() ? "" : ", without " + path);
    }

    /** The findings about one server, in the order in which they were made. */
    private static final class Report {

        private final String where;
        private final List<OnlineFinding> findings = new ArrayList<>();

        Report(String where) {
            this.where = where;
        }

        void good(String text) {
            findings.add(OnlineFinding.ok(where, text));
        }

        void bad(String text) {
            findings.add(OnlineFinding.error(where, text));
        }
    }
}
