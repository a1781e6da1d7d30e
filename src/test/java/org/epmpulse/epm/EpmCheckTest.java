package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Product;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The findings of {@code check --online} about EPM. */
class EpmCheckTest {

    private static final OnlineFinding TOKEN = OnlineFinding.ok("EPM server epm", "the identity domain issues a token");
    private static final OnlineFinding RESPONDS = OnlineFinding.ok("EPM server epm", "the environment responds");

    private final Instant now = Instant.parse("2026-11-22T07:29:00Z");
    private final TimeSource clock = () -> now;

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(clock);

    private final EpmCheck check =
            new EpmCheck(clock, new OutboundHttp(ProxyRules.DIRECT, OutboundHttp.DEFAULT_TIMEOUT));

    @TempDir
    private Path folder;

    @BeforeEach
    void addCredentials() {
        TestingCredentials.addTo(epm);
        epm.addApplication("Vision");
        epm.addApplication("Plan 2");
    }

    @ParameterizedTest
    @EnumSource
    void everyProductCanBeChecked(Product product) {
        AppsConfig.Server server =
                TestingCredentials.server("epm", epm.environmentUrl(), product, TestingCredentials.oauth(epm));

        assertThat(check.check(server)).containsExactly(TOKEN, RESPONDS);
        assertThat(epm.calls()).hasSize(1);
    }

    @Test
    void aPasswordIsCheckedWithTheEnvironment() {
        Auth valid = new Auth.Basic(TestingCredentials.USER, "pass:wörd");
        Auth wrong = new Auth.Basic(TestingCredentials.USER, "wrong");

        assertThat(check.check(server(valid))).containsExactly(RESPONDS);
        assertThat(problem(server(wrong)))
                .startsWith("the environment rejects the credentials (HTTP 401): check username")
                .contains("multifactor");
    }

    @Test
    void aServerThatIsNotConfiguredIsNotChecked() {
        assertThat(check.check(new AppsConfig.Server("epm", "epm", null, Product.ARCS, null, null)))
                .isEmpty();
        assertThat(check.check(new AppsConfig.Server("epm", "epm", epm.environmentUrl(), Product.ARCS, null, null)))
                .isEmpty();
    }

    @Test
    void aMissingApplicationIsReported() {
        assertThat(check.check(withApplication("Plan 2"))).containsExactly(TOKEN, RESPONDS);
        assertThat(problem(withApplication("Plan2")))
                .isEqualTo("the environment has no application \"Plan2\"; it has Plan 2, Vision");
    }

    @Test
    void aMissingTokenIsReportedWithItsReason() {
        Auth.OAuth wrong = new Auth.OAuth(epm.tokenUrl(), TestingCredentials.CLIENT, "wrong-secret", "urn:opc:epm");
        Auth.OAuth scope =
                new Auth.OAuth(epm.tokenUrl(), TestingCredentials.CLIENT, TestingCredentials.SECRET, "urn:other");
        Auth.OAuth grant = new Auth.OAuth(epm.tokenUrl(), "signer", "5ec-ret", "urn:opc:epm");
        Auth.JwtAssertion key = TestingCredentials.assertion(epm, folder.resolve("missing.pem"));
        epm.put(OAuthClient.of("signer", "5ec-ret").withoutGrant(OAuthClient.CLIENT_CREDENTIALS));

        assertThat(problem(server(wrong))).contains("client_id or client_secret is wrong");
        assertThat(problem(server(scope))).contains("the client may not request this scope");
        assertThat(problem(server(grant))).contains("the client may not use the grant of auth.type oauth");
        assertThat(problem(server(key))).contains("key_file").contains("cannot be read");
        assertThat(epm.calls()).isEmpty();
    }

    @Test
    void aTokenThatTheEnvironmentRejectsPointsToScopeOrGrant() {
        epm.fail(new CallMatcher("other", null), Fault.status(401));
        Path keyFile = TestingCredentials.pkcs8(folder, TestingCredentials.KEY);

        assertThat(problem(server(TestingCredentials.oauth(epm))))
                .contains("scope")
                .contains("jwt_assertion");
        assertThat(problem(server(TestingCredentials.assertion(epm, keyFile)))).contains("subject");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            302 | the environment returns a web page, most likely a login page, instead of JSON (HTTP 302): base_url must be
            403 | the user may not read jobs (HTTP 403): give the user the role Service Administrator
            400 | unexpected HTTP 400: base_url must be
            405 | no planning API at this address (HTTP 405): base_url must be
            429 | the environment is down, in maintenance or gets too many requests (HTTP 429): retry later
            503 | the environment is down, in maintenance or gets too many requests (HTTP 503): retry later""")
    void anUnexpectedHttpStatusIsExplained(int httpStatus, String text) {
        epm.fail(new CallMatcher("other", null), Fault.status(httpStatus));

        assertThat(problem(server(TestingCredentials.oauth(epm)))).startsWith(text);
    }

    @Test
    void aLoginPageIsReported() {
        epm.fail(new CallMatcher("other", null), Fault.loginPage());

        assertThat(problem(server(TestingCredentials.oauth(epm)))).contains("most likely a login page");
    }

    @ParameterizedTest
    @EnumSource
    void aWrongPathInTheUrlIsReported(Product product) {
        URI suffixed = URI.create(epm.environmentUrl() + "/epmcloud");

        assertThat(problem(TestingCredentials.server("epm", suffixed, product, TestingCredentials.oauth(epm))))
                .contains("(HTTP 404)")
                .contains("without /epmcloud");
    }

    @Test
    void anUnreachableEnvironmentAndAnUntrustedOneHaveDifferentFindings() {
        URI encrypted = URI.create(epm.environmentUrl().toString().replace("http:", "https:"));
        URI nowhere = URI.create("http://no-such-host.invalid");
        Auth auth = new Auth.Basic(TestingCredentials.USER, "pass:wörd");

        assertThat(problem(TestingCredentials.server("epm", encrypted, Product.ARCS, auth)))
                .startsWith("the environment 127.0.0.1 cannot be reached: TLS failed: ");
        assertThat(problem(TestingCredentials.server("epm", nowhere, Product.ARCS, auth)))
                .startsWith("the environment no-such-host.invalid cannot be reached: host not found; check base_url");
        epm.refuseConnections();
        assertThat(problem(server(auth))).startsWith("the environment 127.0.0.1 cannot be reached: connection failed");
    }

    @Test
    void aRequestToAHangingEnvironmentTimesOut() {
        EpmCheck withShortTimeout = new EpmCheck(clock, new OutboundHttp(ProxyRules.DIRECT, Duration.ofMillis(200)));
        epm.fail(new CallMatcher("other", null), Fault.hang());

        List<OnlineFinding> findings =
                withShortTimeout.check(server(new Auth.Basic(TestingCredentials.USER, "pass:wörd")));

        assertThat(findings).singleElement().satisfies(finding -> assertThat(finding.text())
                .contains("timed out"));
    }

    @Test
    void manyServersAreCheckedAtTheSameTimeAndReportedInTheirOrder() throws IOException {
        int count = 16;
        CyclicBarrier all = new CyclicBarrier(count);
        HttpServer environment = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), count);
        ExecutorService threads = Executors.newCachedThreadPool();
        environment.setExecutor(threads);
        environment.createContext("/", exchange -> {
            int status = 200;
            try {
                all.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                status = 503;
            }
            byte[] body = "{\"items\": []}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        environment.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + environment.getAddress().getPort());
            Map<String, AppsConfig.Server> servers = new LinkedHashMap<>();
            Map<String, AppsConfig.App> apps = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                String id = "s" + i;
                servers.put(
                        id,
                        TestingCredentials.server(
                                id, url, Product.PLANNING, new Auth.Basic(TestingCredentials.USER + i, "pass")));
                apps.put(id, new AppsConfig.App(id, id, List.of("D"), List.of(), id));
            }
            AppsConfig config =
                    new AppsConfig(apps, servers, Map.of(), null, new AppsConfig.Pull(true, null, Duration.ofHours(1)));

            assertThat(EpmCheck.run(config, ProxyRules.DIRECT, clock))
                    .containsExactlyElementsOf(servers.keySet().stream()
                            .map(id -> OnlineFinding.ok("EPM server " + id, "the environment responds"))
                            .toList());
        } finally {
            environment.stop(0);
            threads.shutdownNow();
        }
    }

    @Test
    void aWrongPasswordIsSentOnceToAHost() {
        Auth wrong = new Auth.Basic(TestingCredentials.USER, "wrong");
        Map<String, AppsConfig.Server> servers = new LinkedHashMap<>();
        Map<String, AppsConfig.App> apps = new LinkedHashMap<>();
        for (Product product : List.of(Product.PLANNING, Product.DATA_INTEGRATION, Product.MIGRATION)) {
            servers.put(product.id(), TestingCredentials.server(product.id(), epm.environmentUrl(), product, wrong));
            apps.put(
                    product.id(),
                    new AppsConfig.App(product.id(), product.id(), List.of("D"), List.of(), product.id()));
        }
        AppsConfig config =
                new AppsConfig(apps, servers, Map.of(), null, new AppsConfig.Pull(true, null, Duration.ofHours(1)));

        List<OnlineFinding> findings = EpmCheck.run(config, ProxyRules.DIRECT, clock);

        assertThat(findings).hasSize(3).allSatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(OnlineFinding.Level.ERROR);
            assertThat(finding.text()).contains("multifactor");
        });
        assertThat(epm.calls()).hasSize(1);
    }

    private String problem(AppsConfig.Server server) {
        List<OnlineFinding> problems = check.check(server).stream()
                .filter(finding -> finding.level() == OnlineFinding.Level.ERROR)
                .toList();
        assertThat(problems).hasSize(1);
        return problems.get(0).text();
    }

    private AppsConfig.Server server(Auth auth) {
        return TestingCredentials.server("epm", epm.environmentUrl(), Product.PLANNING, auth);
    }

    private AppsConfig.Server withApplication(String name) {
        return new AppsConfig.Server(
                "epm", "epm", epm.environmentUrl(), Product.FCCS, name, TestingCredentials.oauth(epm));
    }
}
