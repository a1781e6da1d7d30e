package org.epmpulse.epm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Product;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether jobs can be polled: signs in to each environment and sends a request that changes nothing. Each
 * finding says what is wrong and how to fix it. Thread-safe.
 */
public final class EpmCheck {

    private static final String BASE_URL_RULE = "base_url must be the address of the environment,"
            + " such as https://acme-epm.epm.us-phoenix-1.ocs.oraclecloud.com";

    /** An id that most likely does not exist: a 404 in JSON proves that the environment responds. */
    private static final String ANY_JOB = "1";

    private static final String ANY_UUID = "00000000-0000-0000-0000-000000000000";

    private static final int MAX_NAMES = 10;

    private static final int MAX_CONCURRENT = 16;

    private final OutboundHttp http;
    private final TokenProvider tokens;

    EpmCheck(TimeSource clock, OutboundHttp http) {
        this.http = http;
        this.tokens = new TokenProvider(clock, http);
    }

    /**
     * Checks the polled servers, at most 16 at the same time, and those with the same password one after the other; each
     * takes up to a minute. The findings are in the order of the servers.
     *
     * @param proxies of the requests
     */
    public static List<OnlineFinding> run(AppsConfig apps, ProxyRules proxies, TimeSource clock) {
        List<AppsConfig.Server> servers = apps.polledServers();
        if (servers.isEmpty()) {
            return List.of(OnlineFinding.note("EPM", "no server to poll: a server needs base_url, auth and an app"));
        }
        try (OutboundHttp http = new OutboundHttp(proxies, OutboundHttp.DEFAULT_TIMEOUT)) {
            EpmCheck check = new EpmCheck(clock, http);
            return check.all(servers);
        }
    }

    /**
     * The threads only wait for the network, so their number does not depend on the processors. Servers that get the same
     * password are checked one after the other, until it is rejected: some more could lock the account.
     */
    private List<OnlineFinding> all(List<AppsConfig.Server> servers) {
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(servers.size(), MAX_CONCURRENT), task -> {
            Thread thread = new Thread(task, "epm-check");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<String, List<OnlineFinding>> findings = new ConcurrentHashMap<>();
            CompletableFuture.allOf(
                            servers.stream().collect(Collectors.groupingBy(TokenProvider::target)).values().stream()
                                    .map(group -> CompletableFuture.runAsync(
                                            () -> group.forEach(server -> findings.put(server.id(), check(server))),
                                            threads))
                                    .toArray(CompletableFuture[]::new))
                    .join();
            return servers.stream()
                    .flatMap(server -> findings.getOrDefault(server.id(), List.of()).stream())
                    .toList();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Takes up to a minute. Empty if the server has no {@code base_url} or no {@code auth}. */
    List<OnlineFinding> check(AppsConfig.Server server) {
        URI base = server.baseUrl();
        Auth auth = server.auth();
        if (base == null || auth == null) {
            return List.of();
        }
        Report report = new Report("EPM server " + server.id());
        try {
            RequestCredentials credentials = tokens.credentials(server);
            if (!(auth instanceof Auth.Basic)) {
                report.good("the identity domain issues a token");
            }
            sendRequest(server, base, auth, credentials, report);
        } catch (EpmCredentialsException | EpmUnavailableException e) {
            report.bad(Objects.requireNonNullElse(e.getMessage(), "no token"));
        }
        return List.copyOf(report.findings);
    }

    private void sendRequest(
            AppsConfig.Server server, URI base, Auth auth, RequestCredentials credentials, Report report) {
        OutboundHttp.Response response;
        try {
            HttpGet request = new HttpGet(harmlessRequest(server, base));
            request.setHeader("Authorization", credentials.value());
            request.setHeader("Accept", "application/json");
            response = http.send(request);
        } catch (IOException e) {
            report.bad("the environment " + base.getHost() + " cannot be reached: " + OutboundFailure.reason(e)
                    + "; check base_url, HTTPS_PROXY, firewall and Java's trust store");
            return;
        } finally {
            tokens.ended(credentials);
        }
        JsonNode json = EpmJson.isJson(response.contentType()) ? EpmJson.object(response.body()) : null;
        boolean hasApplications = server.product().hasApplications();
        boolean noSuchJob = !hasApplications && (response.status() == 404 || response.status() == 400);
        if (json != null && (response.status() == 200 || noSuchJob)) {
            report.good("the environment responds");
            tokens.accepted(credentials);
            if (hasApplications && server.application() != null) {
                findApplication(json, server.application(), report);
            }
        } else {
            report.bad(problem(response.status(), server.product(), base, auth));
            if (response.status() == 401) {
                tokens.rejected(credentials, new EpmUnauthorizedException("HTTP 401"));
            }
        }
    }

    private static URI harmlessRequest(AppsConfig.Server server, URI base) {
        if (server.product().hasApplications()) {
            return URI.create(base + JobUrl.PLANNING_APPLICATIONS);
        }
        return JobUrl.of(server, "", server.product().hasUuidJobs() ? ANY_UUID : ANY_JOB);
    }

    private static void findApplication(JsonNode json, String application, Report report) {
        List<String> names = new ArrayList<>();
        json.path("items").forEach(item -> names.add(item.path("name").asText()));
        if (!names.isEmpty() && !names.contains(application)) {
            String known = SingleLine.of(String.join(", ", names.subList(0, Math.min(MAX_NAMES, names.size()))));
            report.bad("the environment has no application \"" + application + "\"; it has " + known);
        }
    }

    private static String problem(int httpStatus, Product product, URI base, Auth auth) {
        String http = " (HTTP " + httpStatus + ")";
        if (httpStatus == 401) {
            return "the environment rejects the credentials" + http + ": " + advice(auth);
        }
        if (httpStatus == 403) {
            return "the user may not read jobs" + http + ": give the user the role " + JobStatusMapper.role(product);
        }
        if (httpStatus == 200 || httpStatus / 100 == 3) {
            return "the environment returns a web page, most likely a login page, instead of JSON" + http + ": "
                    + address(base);
        }
        if (httpStatus == 404 || httpStatus == 405) {
            return "no " + product.id() + " API at this address" + http + ": " + address(base)
                    + "; product must be the product of the environment";
        }
        if (httpStatus == 429 || httpStatus >= 500) {
            return "the environment is down, in maintenance or gets too many requests" + http + ": retry later";
        }
        return "unexpected HTTP " + httpStatus + ": " + address(base);
    }

    private static String advice(Auth auth) {
        return switch (auth.type()) {
            case "oauth" ->
                "check scope, which must be the environment's; Oracle documents no client credentials for EPM, so"
                        + " auth.type jwt_assertion may be needed";
            case "jwt_assertion" ->
                "check scope, which must be the environment's, and subject, which must be one of its users";
            default ->
                "check username (identitydomain.user if there are several domains) and password; a user with"
                        + " multifactor authentication needs auth.type jwt_assertion";
        };
    }

    private static String address(URI base) {
        @Nullable String path = base.getPath();
        return BASE_URL_RULE + (path == null || path.isEmpty() ? "" : ", without " + path);
    }

    /** The findings about one server. */
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
