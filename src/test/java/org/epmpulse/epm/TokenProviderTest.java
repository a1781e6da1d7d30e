package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.epmpulse.RecordedLog;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.Product;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.threads.TestingTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of the simulated identity domain, over HTTP. */
@Isolated("records the log of all classes")
class TokenProviderTest {

    private static final String JSON = "application/json";
    private static final Auth.Basic PASSWORD = new Auth.Basic(TestingCredentials.USER, "pass:wörd");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T07:29:00Z"));

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(now::get);

    private final OutboundHttp http = new OutboundHttp(ProxyRules.DIRECT, OutboundHttp.DEFAULT_TIMEOUT);
    private final TokenProvider tokens = new TokenProvider(now::get, http);

    @TempDir
    private Path folder;

    @BeforeEach
    void addCredentials() {
        TestingCredentials.addTo(epm);
    }

    @Test
    void clientCredentialsGetATokenThatEpmAccepts() throws Exception {
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));

        assertThat(httpStatusWith(tokens.authorization(server))).isEqualTo(200);
    }

    @Test
    void serversWithTheSameCredentialsShareAToken() {
        Auth.OAuth auth = TestingCredentials.oauth(epm);
        epm.put(OAuthClient.of(TestingCredentials.CLIENT, TestingCredentials.SECRET)
                .withScope("urn:other"));
        Auth.OAuth otherScope = new Auth.OAuth(auth.tokenUrl(), auth.clientId(), auth.clientSecret(), "urn:other");

        String token = tokens.authorization(server("a", auth));

        assertThat(tokens.authorization(server("b", TestingCredentials.oauth(epm))))
                .isEqualTo(token);
        assertThat(tokens.authorization(server("b", otherScope))).isNotEqualTo(token);
        assertThat(epm.tokensIssued()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"3600, 3540", "121, 61", "100, 50", "1, 0.5", "99999999999, 86340"})
    void aTokenIsRenewedShortlyBeforeItExpires(long life, double use) {
        epm.tokenLifetime(Duration.ofSeconds(life));
        Duration until = Duration.ofMillis((long) (use * 1000));
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        String first = tokens.authorization(server);

        advance(until.minusMillis(1));
        assertThat(tokens.authorization(server)).isEqualTo(first);
        advance(Duration.ofMillis(1));
        assertThat(tokens.authorization(server)).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"expires_in\": 0",
                ", \"expires_in\": -1",
                ", \"expires_in\": null",
                ", \"expires_in\": \"\"",
                ", \"expires_in\": \"soon\"",
                ", \"expires_in\": \"1111111111111111111111111111111111111111\"",
                ", \"expires_in\": true",
                ", \"expires_in\": [3600]"
            })
    void aTokenOfUnknownLifetimeIsUsedForFourMinutes(String expiresIn) {
        String response = "{\"access_token\": \"t\", \"token_type\": \"Bearer\"" + expiresIn + "}";
        epm.fail(CallMatcher.token(), Fault.response(200, JSON, response), 1);
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        tokens.authorization(server);

        advance(Duration.ofSeconds(239));
        assertThat(tokens.authorization(server)).isEqualTo("Bearer t");
        advance(Duration.ofSeconds(1));
        assertThat(tokens.authorization(server)).isNotEqualTo("Bearer t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "3600"                | 3540
            3600.9                | 3540
            "3600.0"              | 3540
            3.6e3                 | 3540
            99999999999999999999  | 86340
            1e300                 | 86340
            "1e300"               | 86340
            0.5                   | 0.25""")
    void theLifetimeOfATokenMayBeWrittenInOtherWays(String expiresIn, double use) {
        String response = "{\"access_token\": \"t\", \"expires_in\": " + expiresIn + "}";
        epm.fail(CallMatcher.token(), Fault.response(200, JSON, response), 1);
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        tokens.authorization(server);

        advance(Duration.ofMillis((long) (use * 1000) - 1));
        assertThat(tokens.authorization(server)).isEqualTo("Bearer t");
        advance(Duration.ofSeconds(1));
        assertThat(tokens.authorization(server)).isNotEqualTo("Bearer t");
    }

    static Stream<Arguments> harmlessDeviations() {
        String token = "{\"access_token\": \"t\", \"token_type\": \"Bearer\", \"expires_in\": 3600}";
        return Stream.of(
                Arguments.of(200, JSON, token.replace("Bearer", "bearer")),
                Arguments.of(200, JSON, token.replace("Bearer", "BEARER ")),
                Arguments.of(200, JSON, token.replace("Bearer", "BearerToken")),
                Arguments.of(200, JSON, token.replace("\"Bearer\"", "null")),
                Arguments.of(200, JSON, token.replace("\"Bearer\"", "\"\"")),
                Arguments.of(200, JSON, "{\"access_token\": \"t\"}"),
                Arguments.of(200, JSON, token.replace("\"t\"", "\" t\\n\"")),
                Arguments.of(200, JSON, token.replace("}", ", \"scope\": [1], \"error\": null, \"id_token\": {}}")),
                Arguments.of(200, JSON, "\ufeff" + token + "\n"),
                Arguments.of(200, "application/json;charset=ISO-8859-1", token),
                Arguments.of(200, "text/plain", token),
                Arguments.of(200, "text/html; charset=utf-8", token),
                Arguments.of(201, JSON, token));
    }

    @ParameterizedTest
    @MethodSource("harmlessDeviations")
    void whateverCarriesAUsableTokenIsAccepted(int httpStatus, String contentType, String body) {
        epm.fail(CallMatcher.token(), Fault.response(httpStatus, contentType, body), 1);

        assertThat(tokens.authorization(server(TestingCredentials.oauth(epm)))).isEqualTo("Bearer t");
    }

    @Test
    void anErrorWithHttp200IsARejection() {
        epm.fail(
                CallMatcher.token(),
                Fault.response(200, JSON, "{\"error\": \"invalid_client\", \"error_description\": \"no such client\"}"),
                1);

        assertThatThrownBy(() -> tokens.authorization(server(TestingCredentials.oauth(epm))))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessageContaining("client_id or client_secret is wrong (invalid_client: no such client)");
    }

    @Test
    void manyThreadsCauseOneRequest() throws Exception {
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        ScriptedFault hang = epm.fail(CallMatcher.token(), Fault.hang(), 1);

        List<Future<String>> all = inThreads(20, () -> tokens.authorization(server));
        await().until(() -> epm.tokenRequests().size() == 1);
        hang.release();

        for (Future<String> one : all) {
            assertThat(one.get()).isEqualTo(tokens.authorization(server));
        }
        assertThat(epm.tokenRequests()).hasSize(1);
    }

    @Test
    void manyThreadsShareARejection() throws Exception {
        AppsConfig.Server server = server(wrongSecret());
        ScriptedFault hang = epm.fail(CallMatcher.token(), Fault.hang(), 1);

        List<Future<String>> all = inThreads(20, () -> tokens.authorization(server));
        await().until(() -> epm.tokenRequests().size() == 1);
        hang.release();

        for (Future<String> one : all) {
            assertThatThrownBy(one::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(EpmCredentialsException.class);
        }
        assertThat(epm.tokenRequests()).hasSize(1);
    }

    @Test
    void pollsThatAreRejectedTogetherRenewTheTokenOnce() throws Exception {
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        RequestCredentials revoked = tokens.credentials(server);
        epm.revokeTokens();

        for (Future<String> one : inThreads(10, () -> {
            reject(revoked);
            return tokens.authorization(server);
        })) {
            assertThat(httpStatusWith(one.get())).isEqualTo(200);
        }
        reject(revoked);

        assertThat(httpStatusWith(tokens.authorization(server))).isEqualTo(200);
        assertThat(epm.tokensIssued()).isEqualTo(2);
    }

    @Test
    void aServerThatAlsoRejectsANewTokenIsNotCalledForHalfAMinute() {
        AppsConfig.Server strange = server("strange", TestingCredentials.oauth(epm));
        AppsConfig.Server good = server("good", TestingCredentials.oauth(epm));
        reject(tokens.credentials(strange));
        reject(tokens.credentials(strange));

        assertThatThrownBy(() -> tokens.authorization(strange))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessageContaining("check scope");
        assertThat(tokens.authorization(good)).startsWith("Bearer ");
        advance(Duration.ofSeconds(30));
        assertThat(tokens.authorization(strange)).startsWith("Bearer ");
        assertThat(epm.tokensIssued()).isEqualTo(3);
    }

    @Test
    void aWrongSecretIsNotSentAgainForHalfAMinute() {
        AppsConfig.Server server = server(wrongSecret());

        assertThatThrownBy(() -> tokens.authorization(server))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessage("no token from 127.0.0.1: client_id or client_secret is wrong"
                        + " (invalid_client: Client authentication failed.)");
        advance(Duration.ofSeconds(29));
        assertThatThrownBy(() -> tokens.authorization(server)).isInstanceOf(EpmCredentialsException.class);
        assertThat(epm.tokenRequests()).hasSize(1);

        epm.put(OAuthClient.of(TestingCredentials.CLIENT, "wrong-secret"));
        advance(Duration.ofSeconds(1));
        assertThat(tokens.authorization(server)).startsWith("Bearer ");
    }

    @Test
    void aSecretThatIsAWordOfTheResponseIsNotShown() {
        AppsConfig.Server server =
                server(new Auth.OAuth(epm.tokenUrl(), TestingCredentials.CLIENT, "client", OAuthClient.DEFAULT_SCOPE));

        assertThatThrownBy(() -> tokens.authorization(server))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessage("no token from 127.0.0.1: client_id or client_secret is wrong"
                        + " (HTTP 401: Client authentication failed.)");
    }

    @Test
    void aScopeThatTheClientMayNotRequestIsReported() {
        Auth.OAuth auth = TestingCredentials.oauth(epm);
        AppsConfig.Server server =
                server(new Auth.OAuth(auth.tokenUrl(), auth.clientId(), auth.clientSecret(), "urn:other"));

        assertThatThrownBy(() -> tokens.authorization(server))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessageContaining("the client may not request this scope (invalid_scope");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            unauthorized_client    | the client may not use the grant of auth.type oauth
            unsupported_grant_type | the client may not use the grant of auth.type oauth
            invalid_grant          | the grant was rejected
            invalid_request        | rejected (invalid_request: why)""")
    void rejectionsNameTheSettingToCheck(String code, String text) {
        epm.fail(CallMatcher.token(), Fault.error(code, "why"));

        assertThatThrownBy(() -> tokens.authorization(server(TestingCredentials.oauth(epm))))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRejectionMayHaveNoReason(int httpStatus) {
        epm.fail(CallMatcher.token(), Fault.status(httpStatus));

        assertThatThrownBy(() -> tokens.authorization(server(TestingCredentials.oauth(epm))))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessage("no token from 127.0.0.1: HTTP " + httpStatus + ", rejected without a reason");
    }

    static Stream<Arguments> outages() {
        return Stream.of(
                Arguments.of(Fault.loginPage(), "HTTP 200 with a body that is not JSON"),
                Arguments.of(Fault.redirectToLogin(), "HTTP 302"),
                Arguments.of(Fault.status(500), "HTTP 500"),
                Arguments.of(Fault.status(400), "HTTP 400 with a body that is not JSON"),
                Arguments.of(Fault.status(404), "HTTP 404, check token_url"),
                Arguments.of(Fault.truncated(), "HTTP 200 with a body that is not JSON"),
                Arguments.of(Fault.cutOff(), "connection lost"),
                Arguments.of(Fault.reset(), "connection lost"),
                Arguments.of(Fault.response(200, JSON, "{}"), "no access_token in the response"),
                Arguments.of(Fault.response(200, JSON, "[]"), "HTTP 200 with a body that is not JSON"),
                Arguments.of(
                        Fault.response(200, JSON, "{\"access_token\": \"a\\r\\nHost: b\", \"token_type\": \"Bearer\"}"),
                        "access_token has characters that are not permitted in a header"),
                Arguments.of(Fault.response(200, JSON, "{\"access_token\": null}"), "access_token is not a string"),
                Arguments.of(Fault.response(200, JSON, "{\"access_token\": \" \"}"), "access_token is empty"),
                Arguments.of(
                        Fault.response(200, JSON, "{\"access_token\": \"a\", \"token_type\": {}}"),
                        "token_type is not Bearer"),
                Arguments.of(
                        Fault.response(200, JSON, "{\"access_token\": \"a\", \"token_type\": \"mac\"}"),
                        "token_type is mac, EPM needs Bearer"),
                Arguments.of(
                        Fault.response(200, JSON, "{\"access_token\": \"" + "a".repeat(2_000_000) + "\"}"),
                        "the response is longer than 1048576 bytes"),
                Arguments.of(
                        Fault.response(200, JSON, "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"),
                        "HTTP 200 with a body that is not JSON"));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void anUnusableResponseIsRetriedWithTheNextCall(Fault fault, String text) {
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        epm.fail(CallMatcher.token(), fault, 1);

        assertThatThrownBy(() -> tokens.authorization(server))
                .isInstanceOf(EpmUnavailableException.class)
                .hasMessageStartingWith("no token from 127.0.0.1: ")
                .hasMessageContaining(text);
        assertThat(tokens.authorization(server)).startsWith("Bearer ");
    }

    @Test
    void anIdentityDomainIsNotCalledBeforeItsRetryAfter() {
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        epm.fail(CallMatcher.token(), Fault.rateLimited(Duration.ofSeconds(7)), 1);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> tokens.authorization(server))
                    .asInstanceOf(InstanceOfAssertFactories.type(EpmUnavailableException.class))
                    .extracting(EpmUnavailableException::retryAfter)
                    .isEqualTo(Duration.ofSeconds(7));
        }
        assertThat(epm.tokenRequests()).hasSize(1);
        advance(Duration.ofSeconds(7));
        assertThat(tokens.authorization(server)).startsWith("Bearer ");
    }

    @ParameterizedTest
    @ValueSource(ints = {-12_000, -2, 2, 12_000})
    void settingTheClockNeitherExtendsNorEndsTheLifeOfAToken(int hours) {
        AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
        AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);
        TokenProvider provider =
                new TokenProvider(new TestingTime(() -> now.get().plus(passed.get()), set::get), http);
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        String first = provider.authorization(server);

        set.set(Duration.ofHours(hours));
        passed.set(Duration.ofMinutes(50));
        String cached = provider.authorization(server);
        passed.set(Duration.ofMinutes(60));

        assertThat(cached).isEqualTo(first);
        assertThat(provider.authorization(server)).isNotEqualTo(first);
    }

    @Test
    void aRequestToAHangingIdentityDomainTimesOut() {
        TokenProvider withShortTimeout =
                new TokenProvider(now::get, new OutboundHttp(ProxyRules.DIRECT, Duration.ofMillis(200)));
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        epm.fail(CallMatcher.token(), Fault.hang(), 1);

        assertThatThrownBy(() -> withShortTimeout.authorization(server))
                .isInstanceOf(EpmUnavailableException.class)
                .hasMessage("no token from 127.0.0.1: timed out");
    }

    @Test
    void anUnreachableIdentityDomainIsUnavailable() {
        URI unreachable = URI.create("http://127.0.0.1:1/oauth2/v1/token");

        assertThatThrownBy(() -> tokens.authorization(server(new Auth.OAuth(unreachable, "c", "s", "urn:x"))))
                .isInstanceOf(EpmUnavailableException.class)
                .hasMessage("no token from 127.0.0.1: connection failed");
    }

    @Test
    void anAssertionIsSignedWithAKeyInEitherFormat() throws Exception {
        for (Path keyFile : List.of(
                TestingCredentials.pkcs8(folder, TestingCredentials.KEY),
                TestingCredentials.pkcs1(folder, TestingCredentials.KEY))) {
            String authorization = tokens.authorization(server(TestingCredentials.assertion(epm, keyFile)));

            assertThat(httpStatusWith(authorization)).isEqualTo(200);
        }
        assertThat(epm.tokensIssued()).isEqualTo(2);
    }

    @Test
    void aPublicClientSignsWithoutASecret() {
        epm.put(OAuthClient.of("signer", "").withKey("k1", TestingCredentials.KEY.getPublic()));
        Auth.JwtAssertion auth =
                TestingCredentials.assertion(epm, TestingCredentials.pkcs8(folder, TestingCredentials.KEY));

        assertThat(tokens.authorization(server(withSecret(auth, null)))).startsWith("Bearer ");
    }

    @Test
    void theMessageOfARejectedAssertionNamesTheSettingsToCheck() {
        Path otherKey = TestingCredentials.pkcs8(folder, TestingCredentials.newKey(2048));

        assertThatThrownBy(() -> tokens.authorization(server(TestingCredentials.assertion(epm, otherKey))))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessage("no token from 127.0.0.1: the assertion was rejected, check subject, key_file, key_id"
                        + " and audience (invalid_grant: the signature does not verify)");
    }

    @Test
    void anUnusableKeyIsReportedWithoutARequest() {
        Path missing = folder.resolve("missing.pem");
        Path text = TestingCredentials.write(folder.resolve("text.pem"), "no key");
        Path damaged = TestingCredentials.pem(folder.resolve("damaged.pem"), "RSA PRIVATE KEY", new byte[300]);
        Path locked = TestingCredentials.pem(folder.resolve("locked.pem"), "ENCRYPTED PRIVATE KEY", new byte[300]);
        Path old = TestingCredentials.write(
                folder.resolve("old.pem"),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
                        + "-----END RSA PRIVATE KEY-----\n");
        Path small = TestingCredentials.pkcs8(folder, TestingCredentials.newKey(1024));

        assertUnusable(missing, "cannot be read");
        assertUnusable(text, "must hold a private RSA key in PEM form");
        assertUnusable(damaged, "must hold a private RSA key in PEM form");
        assertUnusable(locked, "must hold a key without a passphrase");
        assertUnusable(old, "must hold a key without a passphrase");
        assertUnusable(small, "must hold an RSA key of at least 2048 bits");
        assertThat(epm.tokenRequests()).isEmpty();
    }

    @Test
    void aTokenThatIsRejectedAfterOthersWereAcceptedIsReplaced() {
        AppsConfig.Server server = server(TestingCredentials.oauth(epm));
        reject(tokens.credentials(server));
        RequestCredentials accepted = tokens.credentials(server);
        tokens.accepted(accepted);
        advance(Duration.ofSeconds(10));

        reject(accepted);

        assertThat(tokens.authorization(server)).startsWith("Bearer ").isNotEqualTo(accepted.value());
    }

    @Test
    void aPasswordIsSentWithoutATokenAndNotAgainToAHostThatRejectsIt() throws Exception {
        AppsConfig.Server server = server("a", PASSWORD);
        AppsConfig.Server sameHost = server("b", PASSWORD);
        AppsConfig.Server otherHost =
                TestingCredentials.server("c", URI.create("https://other.example"), Product.PLANNING, PASSWORD);
        RequestCredentials request = tokens.credentials(server);

        assertThat(httpStatusWith(request.value())).isEqualTo(200);
        reject(request);
        assertThatThrownBy(() -> tokens.credentials(server))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessageContaining("multifactor");
        assertThatThrownBy(() -> tokens.authorization(sameHost)).isInstanceOf(EpmCredentialsException.class);
        assertThat(tokens.credentials(otherHost).value()).isEqualTo(request.value());
        advance(Duration.ofSeconds(30));
        reject(tokens.credentials(sameHost));
        advance(Duration.ofMinutes(59));
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmCredentialsException.class);
        advance(Duration.ofMinutes(1));
        reject(tokens.credentials(server));
        advance(Duration.ofMinutes(59));
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmCredentialsException.class);
        advance(Duration.ofMinutes(1));
        assertThat(tokens.credentials(server).value()).isEqualTo(request.value());
        assertThat(epm.tokenRequests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, https://A.example:443, true",
        "http://a.example, http://a.example:80, true",
        "https://a.example, https://b.example, false",
        "https://a.example, https://a.example:8443, false"
    })
    void aHostIsTheSameHoweverItsAddressIsWritten(URI one, URI other, boolean same) {
        AppsConfig.Server server = TestingCredentials.server("a", one, Product.PLANNING, PASSWORD);
        AppsConfig.Server second = TestingCredentials.server("b", other, Product.MIGRATION, PASSWORD);

        reject(tokens.credentials(server));

        assertThat(catchThrowable(() -> tokens.credentials(second)) != null).isEqualTo(same);
    }

    @Test
    void oneRequestAtATimeSendsAPasswordUntilTheHostHasAcceptedIt() {
        AppsConfig.Server server = server("a", PASSWORD);
        AppsConfig.Server sameHost = server("b", PASSWORD);
        RequestCredentials first = tokens.credentials(server);

        assertThatThrownBy(() -> tokens.credentials(sameHost)).isInstanceOf(EpmDeferredException.class);
        tokens.ended(first);
        RequestCredentials second = tokens.credentials(sameHost);
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmDeferredException.class);
        tokens.ended(first);
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmDeferredException.class);
        tokens.accepted(second);

        assertThat(tokens.credentials(server).value()).isEqualTo(first.value());
        assertThat(tokens.credentials(sameHost).value()).isEqualTo(first.value());
    }

    @Test
    void oneRequestAtATimeSendsAPasswordAgainThatWasRejected() {
        AppsConfig.Server server = server("a", PASSWORD);
        tokens.accepted(tokens.credentials(server));
        reject(tokens.credentials(server));
        advance(Duration.ofSeconds(30));

        RequestCredentials retry = tokens.credentials(server);
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmDeferredException.class);
        tokens.accepted(retry);

        assertThat(tokens.credentials(server).value()).isEqualTo(retry.value());
        assertThat(tokens.credentials(server).value()).isEqualTo(retry.value());
    }

    @Test
    void aRequestWhoseEndIsNotReportedHoldsUpOthersForTwoMinutes() {
        AppsConfig.Server server = server("a", PASSWORD);
        tokens.credentials(server);

        advance(Duration.ofSeconds(119));
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmDeferredException.class);
        advance(Duration.ofSeconds(1));
        assertThat(tokens.credentials(server).value()).startsWith("Basic ");
        assertThatThrownBy(() -> tokens.credentials(server)).isInstanceOf(EpmDeferredException.class);
    }

    @Test
    void requestsThatAreRejectedTogetherCountAsOneRejection() {
        AppsConfig.Server server = server("a", PASSWORD);
        tokens.accepted(tokens.credentials(server));
        RequestCredentials poll = tokens.credentials(server);
        RequestCredentials watch = tokens.credentials(server);

        reject(poll);
        advance(Duration.ofSeconds(20));
        reject(watch);
        advance(Duration.ofSeconds(10));

        assertThat(tokens.credentials(server).value()).isEqualTo(poll.value());
    }

    @Test
    void anAcceptedPasswordHasNoRejectionBefore() {
        AppsConfig.Server server = server("a", PASSWORD);
        reject(tokens.credentials(server));
        advance(Duration.ofSeconds(30));
        tokens.accepted(tokens.credentials(server));

        advance(Duration.ofSeconds(1));
        reject(tokens.credentials(server));
        advance(Duration.ofSeconds(30));

        assertThat(tokens.credentials(server).value()).startsWith("Basic ");
    }

    static Stream<Arguments> responsesToAPassword() {
        return Stream.of(
                Arguments.of(Fault.response(200, JSON, "{\"status\": -1}"), true),
                Arguments.of(Fault.response(404, JSON, "{}"), true),
                Arguments.of(Fault.response(400, JSON, "{}"), true),
                Arguments.of(Fault.response(403, JSON, "{}"), true),
                Arguments.of(Fault.loginPage(), false),
                Arguments.of(Fault.redirectToLogin(), false),
                Arguments.of(Fault.status(503), false),
                Arguments.of(Fault.reset(), false));
    }

    @ParameterizedTest
    @MethodSource("responsesToAPassword")
    void onlyAResponseBehindTheLoginShowsThatAPasswordIsAccepted(Fault response, boolean accepted) throws Exception {
        AppsConfig.Server server = server("a", PASSWORD);
        epm.fail(CallMatcher.any(), response);

        try (EpmRequests requests = new EpmRequests(tokens, ProxyRules.DIRECT, 1)) {
            RequestCredentials credentials = tokens.credentials(server);
            catchThrowable(() -> requests.state(new Poll(server, "Vision", "224"), credentials));
        }
        tokens.credentials(server);

        assertThat(catchThrowable(() -> tokens.credentials(server)) == null).isEqualTo(accepted);
    }

    @Test
    void noSecretIsShownOrLogged() {
        Auth.OAuth oauth = TestingCredentials.oauth(epm);
        Path keyFile = TestingCredentials.pkcs8(folder, TestingCredentials.KEY);
        Auth.JwtAssertion assertion = withSecret(TestingCredentials.assertion(epm, keyFile), TestingCredentials.SECRET);
        String encoded = URLEncoder.encode(TestingCredentials.SECRET, StandardCharsets.UTF_8);
        String pair = Base64.getEncoder()
                .encodeToString(
                        (TestingCredentials.CLIENT + ":" + TestingCredentials.SECRET).getBytes(StandardCharsets.UTF_8));
        List<Fault> faults = List.of(
                Fault.error("invalid_client", "wrong: " + TestingCredentials.SECRET),
                Fault.error("invalid_client", "wrong: ..." + TestingCredentials.SECRET.substring(3)),
                Fault.error("invalid_grant", "got client_secret=" + encoded),
                Fault.error("invalid_request", "got assertion=eyJhbGciOiJSUzI1NiJ9." + "a".repeat(200)),
                Fault.error(TestingCredentials.SECRET, "got Basic " + pair),
                Fault.response(200, "text/html; s=" + TestingCredentials.SECRET, TestingCredentials.SECRET),
                Fault.response(500, JSON, TestingCredentials.SECRET),
                Fault.reset());
        List<String> texts = new ArrayList<>();

        try (RecordedLog log = new RecordedLog()) {
            for (Auth auth : List.of(oauth, assertion)) {
                for (Fault fault : faults) {
                    epm.fail(CallMatcher.token(), fault, 1);
                    TokenProvider fresh = new TokenProvider(now::get, http);
                    Throwable thrown = catchThrowable(() -> fresh.authorization(server(auth)));
                    assertThat(thrown).isNotNull();
                    texts.add(thrown + " " + thrown.getCause());
                    texts.add(fresh.toString());
                }
                texts.add(server(auth).toString());
            }
            String token = tokens.authorization(server(oauth));
            texts.add(new TokenRequests.Token(token, now.get()).toString());
            texts.add(tokens.credentials(server(oauth)).toString());
            texts.addAll(log.lines());
        }

        assertThat(texts)
                .allSatisfy(text -> assertThat(text).doesNotContain("ret-&=", encoded, pair, "eyJ", "sandbox-token"));
    }

    private void assertUnusable(Path keyFile, String rule) {
        assertThatThrownBy(() -> tokens.authorization(server(TestingCredentials.assertion(epm, keyFile))))
                .isInstanceOf(EpmCredentialsException.class)
                .hasMessage("key_file " + keyFile + " " + rule);
    }

    private static Auth.JwtAssertion withSecret(Auth.JwtAssertion auth, @Nullable String clientSecret) {
        return new Auth.JwtAssertion(
                auth.tokenUrl(),
                auth.clientId(),
                clientSecret,
                auth.scope(),
                auth.subject(),
                auth.keyFile(),
                auth.keyId(),
                auth.audience());
    }

    private Auth.OAuth wrongSecret() {
        return new Auth.OAuth(epm.tokenUrl(), TestingCredentials.CLIENT, "wrong-secret", OAuthClient.DEFAULT_SCOPE);
    }

    private void reject(RequestCredentials request) {
        assertThat(tokens.rejected(request, new EpmUnauthorizedException("HTTP 401")))
                .isNotNull();
    }

    private AppsConfig.Server server(Auth auth) {
        return server("epm", auth);
    }

    private AppsConfig.Server server(String id, Auth auth) {
        return TestingCredentials.server(id, epm.environmentUrl(), Product.PLANNING, auth);
    }

    private int httpStatusWith(String authorization) throws Exception {
        HttpGet request = new HttpGet(epm.environmentUrl() + JobUrl.PLANNING_APPLICATIONS);
        request.setHeader("Authorization", authorization);
        return http.send(request).status();
    }

    private void advance(Duration by) {
        now.updateAndGet(instant -> instant.plus(by));
    }

    private static List<Future<String>> inThreads(int count, Callable<String> call) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(threads.submit(call));
        }
        threads.shutdown();
        return all;
    }
}
