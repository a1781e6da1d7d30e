package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults of a simulated EPM environment, as in maintenance; no fault is a state of a job. */
class EpmOutagesTest {

    private static final String JOB = "/HyperionPlanning/rest/v3/applications/Vision/jobs/1";
    private static final CallMatcher JOBS = CallMatcher.product(SandboxProduct.PLANNING);

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(new SteppingClock());

    private final EpmClient client = new EpmClient(epm);
    private String bearer = "";

    @BeforeEach
    void addJobs() {
        epm.put(OAuthClient.of(EpmClient.ID, EpmClient.SECRET));
        epm.addJob(SandboxProduct.PLANNING, "Vision", "1", JobScript.sequence(ScriptedJobState.succeeded()));
        epm.addJob(SandboxProduct.ARCS, "1", JobScript.sequence(ScriptedJobState.succeeded()));
        bearer = "Bearer " + client.freshToken();
    }

    @Test
    void outagesReturnHtmlOrARedirect() {
        Stream.of(
                        Fault.status(503),
                        Fault.status(500),
                        Fault.loginPage(),
                        Fault.redirectToLogin(),
                        Fault.rateLimited(Duration.ofSeconds(20)))
                .forEach(fault -> epm.fail(JOBS, fault, 1));

        List<HttpResponse<String>> responses =
                Stream.generate(this::poll).limit(6).toList();

        assertThat(responses).extracting(HttpResponse::statusCode).containsExactly(503, 500, 200, 302, 429, 200);
        assertThat(responses.subList(0, 5)).allSatisfy(response -> assertThat(
                        response.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/html"));
        assertThat(responses.get(3).headers().firstValue("Location")).contains("/oam/login");
        assertThat(responses.get(4).headers().firstValue("Retry-After")).contains("20");
        assertThat(epm.polls(SandboxProduct.PLANNING, "Vision", "1")).isEqualTo(1);
    }

    @Test
    void jsonCanBeMalformedOrTruncated() {
        epm.fail(JOBS, Fault.response(200, "application/json", "{\"status\":}"), 1);
        epm.fail(JOBS, Fault.truncated(), 1);
        epm.fail(JOBS, Fault.cutOff(), 1);

        assertThat(poll().body()).isEqualTo("{\"status\":}");
        assertThat(poll().body()).startsWith("{\"status\":0").doesNotEndWith("}");
        assertThatThrownBy(this::poll).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void oneProductCanFailWhileAnotherWorks() {
        epm.fail(JOBS, Fault.status(503));

        assertThat(poll().statusCode()).isEqualTo(503);
        assertThat(client.get("/armARCS/rest/v1/jobs/1", bearer).statusCode()).isEqualTo(200);
        epm.clearFaults();
        assertThat(poll().statusCode()).isEqualTo(200);
    }

    @Test
    void hangingRequestsOccupyNoThreadAndCompleteOnRelease() {
        ScriptedFault hang = epm.fail(CallMatcher.any(), Fault.hang());
        HttpClient http = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> polls = Stream.generate(
                        () -> http.sendAsync(client.request(JOB, bearer), HttpResponse.BodyHandlers.ofString()))
                .limit(40)
                .toList();
        await().until(() -> hang.hits() == 40);

        hang.release();

        assertThat(polls)
                .allSatisfy(poll -> assertThat(poll.join().statusCode()).isEqualTo(200));
        assertThat(epm.maxConcurrentRequests()).isEqualTo(40);
        assertThat(epm.maxConcurrentConnections()).isEqualTo(40);
    }

    @Test
    void anEnvironmentListensAgainOnTheSamePort() {
        epm.refuseConnections();
        assertThatThrownBy(this::poll).hasCauseInstanceOf(ConnectException.class);

        epm.acceptConnections();

        assertThat(poll().statusCode()).isEqualTo(200);
    }

    @Test
    void aResetReachesTheClient() {
        // The JDK's client retries a GET by itself if its connection was used before.
        epm.fail(JOBS, Fault.reset());

        assertThatThrownBy(this::poll).hasRootCauseMessage("Connection reset");
    }

    private HttpResponse<String> poll() {
        return client.get(JOB, bearer);
    }
}
