package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Product;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.OAuthClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person is told who asks whether EPM can be polled. */
class EpmCheckTest {

    private static final OnlineFinding TOKEN = OnlineFinding.ok("EPM server pod", "the identity domain gives a token");
    private static final OnlineFinding POD = OnlineFinding.ok("EPM server pod", "the pod answers");

    private final Instant now = Instant.parse("2026-11-22T07:29:00Z");
    private final InstantSource clock = InstantSource.fixed(now);

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(clock);

    private final EpmCheck check = new EpmCheck(clock);

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
    void everyProductCanBeTried(Product product) {
        AppsConfig.Server server =
                TestingCredentials.server("pod", epm.environmentUrl(), product, TestingCredentials.oauth(epm));

        assertThat(check.check(server)).containsExactly(TOKEN, POD);
        assertThat(epm.calls()).hasSize(1);
    }

    @Test
    void aPasswordIsTriedWithThePod() {
        Auth right = new Auth.Basic(TestingCredentials.USER, "pass:wörd");
        Auth wrong = new Auth.Basic(TestingCredentials.USER, "wrong");

        assertThat(check.check(server(right))).containsExactly(POD);
        assertThat(problem(server(wrong)))
                .startsWith("the pod does not accept the credentials (HTTP 401): look at username")
                .contains("multifactor");
    }

    @Test
    void aServerThatIsNotConfiguredIsNotTried() {
        assertThat(check.check(new AppsConfig.Server("pod", "pod", null, Product.ARCS, null, null)))
                .isEmpty();
        assertThat(check.check(new AppsConfig.Server("pod", "pod", epm.environmentUrl(), Product.ARCS, null, null)))
                .isEmpty();
    }

    @Test
    void anApplicationThatIsNotThereIsNamed() {
        assertThat(check.check(withApplication("Plan 2"))).containsExactly(TOKEN, POD);
        assertThat(problem(withApplication("Plan2")))
                .isEqualTo("the pod has no application \"Plan2\", but Plan 2, Vision");
    }

    @Test
    void aTokenThatIsNotGivenIsSaidWithItsReason() {
        Auth.OAuth wrong = new Auth.OAuth(epm.tokenUrl(), TestingCredentials.CLIENT, "wrong-secret", "urn:opc:epm");
        Auth.OAuth scope =
                new Auth.OAuth(epm.tokenUrl(), TestingCredentials.CLIENT, TestingCredentials.SECRET, "urn:other");
        Auth.OAuth grant = new Auth.OAuth(epm.tokenUrl(), "signer", "5ec-ret", "urn:opc:epm");
        Auth.JwtAssertion key = TestingCredentials.assertion(epm, folder.resolve("missing.pem"));
        epm.put(OAuthClient.of("signer", "5ec-ret").withoutGrant(OAuthClient.CLIENT_CREDENTIALS));

        assertThat(problem(server(wrong))).contains("client_id or client_secret is wrong");
        assertThat(problem(server(scope))).contains("scope is not one that the client may ask for");
        assertThat(problem(server(grant))).contains("the client may not use the grant of auth.type oauth");
        assertThat(problem(server(key))).contains("key_file").contains("cannot be read");
        assertThat(epm.calls()).isEmpty();
    }

    @Test
    void aTokenThatThePodDoesNotAcceptIsAMatterOfScopeOrGrant() {
        epm.fail(new CallMatcher("other", null), Fault.status(401));
        Path keyFile = TestingCredentials.pkcs8(folder, TestingCredentials.KEY);

        assertThat(problem(server(TestingCredentials.oauth(epm))))
                .contains("scope")
                .contains("jwt_assertion");
        assertThat(problem(server(TestingCredentials.assertion(epm, keyFile)))).contains("subject");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            302 | the pod shows a page, most likely to sign in, in place of JSON (HTTP 302): base_url must be
            403 | the pod does not let the user read jobs (HTTP 403): give it the role Service Administrator
            400 | the pod answers with HTTP 400: base_url must be
            405 | no planning answers at this address (HTTP 405): base_url must be
            429 | the pod is down, in maintenance or asked too often (HTTP 429): try again later
            503 | the pod is down, in maintenance or asked too often (HTTP 503): try again later""")
    void whatThePodAnswersIsExplained(int httpStatus, String words) {
        epm.fail(new CallMatcher("other", null), Fault.status(httpStatus));

        assertThat(problem(server(TestingCredentials.oauth(epm)))).startsWith(words);
    }

    @Test
    void aLoginPageIsNoAnswer() {
        epm.fail(new CallMatcher("other", null), Fault.loginPage());

        assertThat(problem(server(TestingCredentials.oauth(epm)))).contains("most likely to sign in");
    }

    @ParameterizedTest
    @EnumSource
    void aPathThatIsNotThePodsIsNamed(Product product) {
        URI suffixed = URI.create(epm.environmentUrl() + "/epmcloud");

        assertThat(problem(TestingCredentials.server("pod", suffixed, product, TestingCredentials.oauth(epm))))
                .contains("(HTTP 404)")
                .contains("without /epmcloud");
    }

    @Test
    void aPodThatCannotBeReachedIsToldFromOneThatIsNotTrusted() {
        URI encrypted = URI.create(epm.environmentUrl().toString().replace("http:", "https:"));
        URI nowhere = URI.create("http://no-such-pod.invalid");
        Auth auth = new Auth.Basic(TestingCredentials.USER, "pass:wörd");

        assertThat(problem(TestingCredentials.server("pod", encrypted, Product.ARCS, auth)))
                .startsWith("the pod 127.0.0.1 cannot be reached: no trust (TLS): ");
        assertThat(problem(TestingCredentials.server("pod", nowhere, Product.ARCS, auth)))
                .startsWith("the pod no-such-pod.invalid cannot be reached: host not found; check base_url");
        epm.refuseConnections();
        assertThat(problem(server(auth))).startsWith("the pod 127.0.0.1 cannot be reached: no connection");
    }

    @Test
    void aPodThatDoesNotAnswerHoldsNobodyUp() {
        EpmCheck impatient = new EpmCheck(clock, new BoundedHttp(Duration.ofMillis(200)));
        epm.fail(new CallMatcher("other", null), Fault.hang());

        List<OnlineFinding> findings = impatient.check(server(new Auth.Basic(TestingCredentials.USER, "pass:wörd")));

        assertThat(findings).singleElement().satisfies(finding -> assertThat(finding.text())
                .contains("no answer in time"));
    }

    private String problem(AppsConfig.Server server) {
        List<OnlineFinding> problems = check.check(server).stream()
                .filter(finding -> finding.level() == OnlineFinding.Level.ERROR)
                .toList();
        assertThat(problems).hasSize(1);
        return problems.get(0).text();
    }

    private AppsConfig.Server server(Auth auth) {
        return TestingCredentials.server("pod", epm.environmentUrl(), Product.PLANNING, auth);
    }

    private AppsConfig.Server withApplication(String name) {
        return new AppsConfig.Server(
                "pod", "pod", epm.environmentUrl(), Product.FCCS, name, TestingCredentials.oauth(epm));
    }
}
