package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simulated EPM pod and the identity domain that gives out its tokens, each on a loopback port. They answer as
 * Oracle's REST books say; jobs follow scripts.
 *
 * <p>Thread-safe. Holds the latest 10,000 calls. Time for tokens and scripts comes from the clock; only what is slow on
 * purpose takes real time.
 */
public final class EpmSandbox implements AutoCloseable {

    /** Token requests in {@link SandboxCall#operation}. */
    static final String TOKEN = "token";

    private static final String TOKEN_PATH = "/oauth2/v1/token";

    private final InstantSource clock;
    private final IdentityDomain identity;
    private final SandboxJobs jobs = new SandboxJobs();
    private final FaultScript faults = new FaultScript();
    private final CallLog calls;
    private final CallLog tokenCalls;
    private final LoopbackServer pod;
    private final LoopbackServer domain;

    private EpmSandbox(InstantSource clock) {
        this.clock = clock;
        identity = new IdentityDomain(clock);
        calls = new CallLog(clock);
        tokenCalls = new CallLog(clock);
        pod = new LoopbackServer(0, this::handlePod);
        try {
            domain = new LoopbackServer(0, this::handleDomain);
        } catch (RuntimeException e) {
            pod.close();
            throw e;
        }
    }

    /** On any free ports. */
    public static EpmSandbox start(InstantSource clock) {
        return new EpmSandbox(clock);
    }

    /** What stands in place of {@code https://<service>-<domain>.epm.<region>.ocs.oraclecloud.com}; no slash at the end. */
    public URI podUrl() {
        return URI.create(pod.address());
    }

    /** What stands in place of {@code https://idcs-<id>.identity.oraclecloud.com/oauth2/v1/token}. */
    public URI tokenUrl() {
        return URI.create(domain.address() + TOKEN_PATH);
    }

    /** Adds a client, or takes the place of the one with its id. */
    public void put(OAuthClient client) {
        identity.put(client);
    }

    /**
     * Adds a user for assertions and, with a password, for Basic authentication.
     *
     * @param password null for one who has to use a second factor
     */
    public void addUser(String name, @Nullable String password) {
        identity.addUser(name, password);
    }

    /** Adds what {@code GET …/applications} lists. Jobs of unlisted applications are answered nevertheless. */
    public void addApplication(String name) {
        jobs.addApplication(name);
    }

    /** Adds a job of Planning or FCCS, or starts the one with its id anew. */
    public void addJob(SandboxProduct product, String application, String id, JobScript script) {
        if (!product.hasApplications()) {
            throw new IllegalArgumentException("product must have applications, is " + product);
        }
        jobs.put(new SandboxJobs.Key(product.operation(), application, id), script);
    }

    /** Adds a job of a product without applications in its paths, or starts the one with its id anew. */
    public void addJob(SandboxProduct product, String id, JobScript script) {
        if (product.hasApplications()) {
            throw new IllegalArgumentException("product must have no applications, is " + product);
        }
        jobs.put(new SandboxJobs.Key(product.operation(), "", id), script);
    }

    /** How long tokens given out from now on live; one hour at first. */
    public void tokensLast(Duration life) {
        identity.tokenLife(life);
    }

    /** What {@code aud} has to be in an assertion; {@code https://identity.oraclecloud.com/} at first. */
    public void audience(String audience) {
        identity.audience(audience);
    }

    /** No token given out so far is good any more. */
    public void revokeTokens() {
        identity.revokeAll();
    }

    /** Requests meet the fault until it is cleared, before anything else is looked at. */
    public ScriptedFault fail(CallMatcher where, Fault fault) {
        return fail(where, fault, ScriptedFault.ALWAYS);
    }

    /** The next requests, so many, meet the fault. */
    public ScriptedFault fail(CallMatcher where, Fault fault, int times) {
        return faults.add(where, fault, times);
    }

    /** Ends all faults; requests that hang go on hanging. */
    public void clearFaults() {
        faults.clear();
    }

    /** Closes the pod's port and all its connections until {@link #acceptConnections}. */
    public void refuseConnections() {
        pod.refuse();
    }

    /** The pod listens again on the same port. */
    public void acceptConnections() {
        pod.accept();
    }

    /** How often the job was answered for; requests that met a fault or were not admitted do not count. */
    public int polls(SandboxProduct product, String application, String id) {
        return jobs.polls(new SandboxJobs.Key(product.operation(), application, id));
    }

    /** As {@link #polls(PodProduct, String, String)}, of a product without applications in its paths. */
    public int polls(SandboxProduct product, String id) {
        return polls(product, "", id);
    }

    /** The latest requests to the pod, the oldest first; those under way too. */
    public List<SandboxCall> calls() {
        return calls.all();
    }

    /** The latest requests for a token, the oldest first. */
    public List<SandboxCall> tokenRequests() {
        return tokenCalls.all();
    }

    /** How many tokens were given out. */
    public int tokensIssued() {
        return identity.issued();
    }

    /** How many connections to the pod were open at most at the same time. */
    public int maxConcurrentConnections() {
        return pod.maxConnections();
    }

    /** How many requests to the pod were under way at most at the same time. */
    public int maxConcurrentRequests() {
        return calls.maxOpen();
    }

    /** Drops every connection, those with requests that hang included. */
    @Override
    public void close() {
        pod.close();
        domain.close();
    }

    private void handlePod(Exchange exchange) {
        SandboxJobs.Target target = SandboxJobs.target(exchange.path());
        calls.begin(exchange, target.operation(), target.subject());
        FaultScript.Met met = faults.meet(target.operation(), target.subject());
        if (met == null) {
            FaultScript.Outcome outcome = FaultScript.Outcome.http(podAnswer(exchange, target));
            exchange.answer(outcome.answer(), outcome.name());
            return;
        }
        FaultScript.act(
                met, pod, exchange, () -> FaultScript.Outcome.http(podAnswer(exchange, target)), new OracleErrors());
    }

    private Answer podAnswer(Exchange exchange, SandboxJobs.Target target) {
        if (!identity.admits(exchange.header("Authorization"))) {
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("statusCode", 401)
                    .put("status", "Unauthorized")
                    .put("message", "Authentication failed")
                    .put("errorCode", -1);
            return Answer.json(401, body).with("WWW-Authenticate", "Bearer");
        }
        if (!exchange.method().equals("GET")) {
            return Answer.errorPage(405, "Method Not Allowed").with("Allow", "GET");
        }
        return jobs.answer(exchange.path(), target, pod.address(), clock.instant());
    }

    private void handleDomain(Exchange exchange) {
        tokenCalls.begin(exchange, TOKEN, null);
        FaultScript.Met met = faults.meet(TOKEN, null);
        if (met == null) {
            FaultScript.Outcome outcome = domainAnswer(exchange);
            exchange.answer(outcome.answer(), outcome.name());
            return;
        }
        FaultScript.act(met, domain, exchange, () -> domainAnswer(exchange), new OracleErrors());
    }

    private FaultScript.Outcome domainAnswer(Exchange exchange) {
        boolean right = exchange.path().equals(TOKEN_PATH) && exchange.method().equals("POST");
        return FaultScript.Outcome.http(right ? identity.token(exchange) : Answer.errorPage(404, "Not Found"));
    }

    /** How Oracle words the faults that Slack words differently. */
    private static final class OracleErrors implements FaultScript.Vendor {

        @Override
        public Answer refusal(Fault.Refusal refusal) {
            String detail = refusal.detail();
            return IdentityDomain.refusal(new TokenRefusal(refusal.code(), detail == null ? "scripted" : detail));
        }

        @Override
        public Answer rateLimited(Fault.RateLimited limit) {
            return Answer.errorPage(429, "Too Many Requests").with("Retry-After", Long.toString(limit.seconds()));
        }
    }
}
