package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simulated EPM environment and the identity domain that issues its tokens, each on a loopback port. They respond as
 * Oracle's REST documentation describes; jobs follow scripts.
 *
 * <p>Thread-safe. Holds the latest 10,000 calls. Tokens and scripts use the given clock; only scripted
 * delays take real time.
 */
public final class EpmSandbox implements AutoCloseable {

    /** Token requests in {@link SandboxCall#operation}. */
    static final String TOKEN = "token";

    /** Requests for a job's details and for the time of the maintenance in {@link SandboxCall#operation}. */
    static final String REPORT = "report";

    private static final String TOKEN_PATH = "/oauth2/v1/token";

    private final InstantSource clock;
    private final IdentityDomain identity;
    private final SandboxJobs jobs = new SandboxJobs();
    private final SandboxConsole console = new SandboxConsole(jobs);
    private final FaultScript faults = new FaultScript();
    private final CallLog calls;
    private final CallLog tokenCalls;
    private final CallLog reportCalls;
    private final LoopbackServer environment;
    private final LoopbackServer identityDomain;

    private EpmSandbox(InstantSource clock) {
        this.clock = clock;
        identity = new IdentityDomain(clock);
        calls = new CallLog(clock);
        tokenCalls = new CallLog(clock);
        reportCalls = new CallLog(clock);
        environment = new LoopbackServer(0, this::handleEnvironment);
        try {
            identityDomain = new LoopbackServer(0, this::handleIdentityDomain);
        } catch (RuntimeException e) {
            environment.close();
            throw e;
        }
    }

    /** Listens on free ports. */
    public static EpmSandbox start(InstantSource clock) {
        return new EpmSandbox(clock);
    }

    /** Replaces {@code https://<service>-<domain>.epm.<region>.ocs.oraclecloud.com}; has no slash at the end. */
    public URI environmentUrl() {
        return URI.create(environment.address());
    }

    /** Replaces {@code https://idcs-<id>.identity.oraclecloud.com/oauth2/v1/token}. */
    public URI tokenUrl() {
        return URI.create(identityDomain.address() + TOKEN_PATH);
    }

    /** Adds a client, or replaces the one with the same id. */
    public void put(OAuthClient client) {
        identity.put(client);
    }

    /**
     * Adds a user for assertions and, with a password, for Basic authentication.
     *
     * @param password null for a user who has to use a second factor
     */
    public void addUser(String name, @Nullable String password) {
        identity.addUser(name, password);
    }

    /** Adds an application to {@code GET …/applications}. Jobs of unlisted applications can be polled all the same. */
    public void addApplication(String name) {
        jobs.addApplication(name);
    }

    /** Sets the time of the daily maintenance in UTC, such as {@code 19:00}; until then reading it gets 403. */
    public void maintenanceStart(String utc) {
        jobs.maintenanceStart(utc);
    }

    /** Adds a job of Planning or FCCS, or restarts the one with the same id. */
    public void addJob(SandboxProduct product, String application, String id, JobScript script) {
        if (!product.hasApplications()) {
            throw new IllegalArgumentException("product must have applications, is " + product);
        }
        jobs.put(new SandboxJobs.Key(product.operation(), application, id), script);
    }

    /** Adds a job of a product without applications in its paths, or restarts the one with the same id. */
    public void addJob(SandboxProduct product, String id, JobScript script) {
        if (product.hasApplications()) {
            throw new IllegalArgumentException("product must have no applications, is " + product);
        }
        jobs.put(new SandboxJobs.Key(product.operation(), "", id), script);
    }

    /** The job console of all Planning applications. */
    public SandboxConsole console() {
        return console;
    }

    /** Sets how long tokens issued from now on are valid; the default is one hour. */
    public void tokenLifetime(Duration lifetime) {
        identity.tokenLifetime(lifetime);
    }

    /** Sets the required {@code aud} of an assertion; the default is {@code https://identity.oraclecloud.com/}. */
    public void audience(String audience) {
        identity.audience(audience);
    }

    /** Invalidates all tokens issued so far. */
    public void revokeTokens() {
        identity.revokeAll();
    }

    /** Makes matching requests fail until the fault is cleared; faults are applied before authentication. */
    public ScriptedFault fail(CallMatcher matcher, Fault fault) {
        return fail(matcher, fault, ScriptedFault.ALWAYS);
    }

    /** Makes the next {@code times} matching requests fail. */
    public ScriptedFault fail(CallMatcher matcher, Fault fault, int times) {
        return faults.add(matcher, fault, times);
    }

    /** Removes all faults; hanging requests continue to hang. */
    public void clearFaults() {
        faults.clear();
    }

    /** Closes the environment's port and all its connections until {@link #acceptConnections}. */
    public void refuseConnections() {
        environment.refuseConnections();
    }

    /** Listens again on the environment's port. */
    public void acceptConnections() {
        environment.acceptConnections();
    }

    /** How often the job's status was returned; failed and unauthenticated requests do not count. */
    public int polls(SandboxProduct product, String application, String id) {
        return jobs.polls(new SandboxJobs.Key(product.operation(), application, id));
    }

    /** As {@link #polls(SandboxProduct, String, String)}, for a product without applications in its paths. */
    public int polls(SandboxProduct product, String id) {
        return polls(product, "", id);
    }

    /** The latest requests for a job's details or the time of the maintenance, the oldest first. */
    public List<SandboxCall> reportRequests() {
        return reportCalls.all();
    }

    /** The latest other requests to the environment, the oldest first, including those in flight. */
    public List<SandboxCall> calls() {
        return calls.all();
    }

    /** The latest token requests, the oldest first. */
    public List<SandboxCall> tokenRequests() {
        return tokenCalls.all();
    }

    /** How many tokens were issued. */
    public int tokensIssued() {
        return identity.issued();
    }

    /** The largest number of simultaneous connections to the environment. */
    public int maxConcurrentConnections() {
        return environment.maxConnections();
    }

    /** The largest number of simultaneous requests to the environment. */
    public int maxConcurrentRequests() {
        return calls.maxInFlight();
    }

    /** Drops every connection, including those of hanging requests. */
    @Override
    public void close() {
        environment.close();
        identityDomain.close();
    }

    private void handleEnvironment(Exchange exchange) {
        SandboxJobs.Target target = SandboxJobs.target(exchange.path());
        CallLog log = target.operation().equals(REPORT) ? reportCalls : calls;
        String ofConsole = SandboxConsole.operation(exchange.method(), exchange.path());
        String operation = ofConsole == null ? target.operation() : ofConsole;
        log.begin(exchange, operation, target.subject());
        FaultScript.Match match = faults.match(operation, target.subject());
        if (match == null) {
            FaultScript.Outcome outcome = FaultScript.Outcome.http(environmentResponse(exchange, target));
            exchange.respond(outcome.response(), outcome.name());
            return;
        }
        FaultScript.apply(
                match,
                environment,
                exchange,
                () -> FaultScript.Outcome.http(environmentResponse(exchange, target)),
                new OracleErrors());
    }

    private SimulatedResponse environmentResponse(Exchange exchange, SandboxJobs.Target target) {
        if (!identity.isAuthenticated(exchange.header("Authorization"))) {
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("statusCode", 401)
                    .put("status", "Unauthorized")
                    .put("message", "Authentication failed")
                    .put("errorCode", -1);
            return SimulatedResponse.json(401, body).with("WWW-Authenticate", "Bearer");
        }
        String ofConsole = SandboxConsole.operation(exchange.method(), exchange.path());
        if (ofConsole != null) {
            return console.response(ofConsole, exchange, clock.instant());
        }
        if (!exchange.method().equals("GET")) {
            return SimulatedResponse.errorPage(405, "Method Not Allowed").with("Allow", "GET");
        }
        return jobs.response(exchange.path(), target, environment.address(), clock.instant());
    }

    private void handleIdentityDomain(Exchange exchange) {
        tokenCalls.begin(exchange, TOKEN, null);
        FaultScript.Match match = faults.match(TOKEN, null);
        if (match == null) {
            FaultScript.Outcome outcome = identityDomainResponse(exchange);
            exchange.respond(outcome.response(), outcome.name());
            return;
        }
        FaultScript.apply(match, identityDomain, exchange, () -> identityDomainResponse(exchange), new OracleErrors());
    }

    private FaultScript.Outcome identityDomainResponse(Exchange exchange) {
        boolean isTokenRequest =
                exchange.path().equals(TOKEN_PATH) && exchange.method().equals("POST");
        return FaultScript.Outcome.http(
                isTokenRequest ? identity.tokenResponse(exchange) : SimulatedResponse.errorPage(404, "Not Found"));
    }

    /** Error responses in Oracle's format. */
    private static final class OracleErrors implements FaultScript.VendorErrors {

        @Override
        public SimulatedResponse refusal(Fault.Refusal refusal) {
            String detail = refusal.detail();
            return IdentityDomain.refusal(new TokenRefusal(refusal.code(), detail == null ? "scripted" : detail));
        }

        @Override
        public SimulatedResponse rateLimited(Fault.RateLimited limit) {
            return SimulatedResponse.errorPage(429, "Too Many Requests")
                    .with("Retry-After", Long.toString(limit.seconds()));
        }
    }
}
