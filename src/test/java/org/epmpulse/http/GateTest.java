package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.ADMIN_KEY;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.Role;
import org.epmpulse.security.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks of every request: key, path, method, role, media type, size and headers. */
class GateTest {

    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";

    private static TestingApi api;

    @BeforeAll
    static void start() {
        api = new TestingApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no key is first            | DELETE | /nowhere            | none  | text/plain       | 401 | MISSING_AUTH
            then an invalid key        | DELETE | /nowhere            | wrong | text/plain       | 403 | INVALID_KEY
            then the path              | DELETE | /nowhere            | read  | text/plain       | 404 | NOT_FOUND
            then the method            | DELETE | /api/v1/status      | read  | text/plain       | 405 | METHOD_NOT_ALLOWED
            then the role              | POST   | /api/v1/status      | read  | text/plain       | 403 | INVALID_KEY
            then the media type        | POST   | /api/v1/status      | write | text/plain       | 415 | UNSUPPORTED_MEDIA_TYPE
            then the size              | POST   | /api/v1/status      | write | application/json | 413 | PAYLOAD_TOO_LARGE""")
    void theChecksRunInTheDocumentedOrder(
            String what, String method, String path, String key, String type, int status, String code) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri(path))
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofString("x".repeat(20_000)));

        HttpResponse<String> reply = api.send(request, keyOf(key));

        assertThat(reply.statusCode()).isEqualTo(status);
        assertThat(reply.body()).startsWith("{\"success\":false,\"error\":{\"code\":\"" + code + "\",\"message\":\"");
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(reply.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    private static String keyOf(String name) {
        return switch (name) {
            case "none" -> "";
            case "read" -> READ_KEY;
            case "write" -> WRITE_KEY;
            default -> name;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER  "})
    void aKeyMayBeABearerToken(String scheme) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"));

        assertThat(api.send(request, "", "Authorization", scheme + READ_KEY).statusCode())
                .isEqualTo(200);
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"any,200", "'',200", "any:,403"})
    void aKeyMayBeThePasswordOfAnyUser(String user, int status) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"));

        assertThat(api.send(request, "", "Authorization", basic(user + ":" + READ_KEY))
                        .statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"Sec-Fetch-Site,cross-site", "Origin,https://elsewhere.example.com"})
    void aBrowserCannotUseAPasswordThatItHasStored(String header, String value) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"));

        assertThat(api.send(request, "", "Authorization", basic("any:" + READ_KEY), header, value)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void theKeyHeaderHasPriorityOverAuthorization() {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"));
        HttpRequest.Builder other = HttpRequest.newBuilder(api.uri("/api/v1/status"));

        assertThat(api.send(request, READ_KEY, "Authorization", "Bearer of-a-proxy")
                        .statusCode())
                .isEqualTo(200);
        assertThat(api.send(other, "wrong", "Authorization", "Bearer " + READ_KEY)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void twoKeysInOneRequestAreInvalid() {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"));

        assertThat(api.send(request, READ_KEY, "X-API-Key", WRITE_KEY).statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Basic", "Basic dXNlcg==", "Basic dXNlcjo=", "Basic dXNlc", "Basic a:b", "Bearer", "Bearer ", "x"
            })
    void authorizationWithoutATokenOrPasswordIsNoKey(String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"));

        HttpResponse<String> reply = api.send(request, "", "Authorization", authorization);

        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(reply.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/api/v1/health", "/health/", "/api/v1/./health"})
    void healthNeedsNoKey(String path) {
        assertThat(api.send(HttpRequest.newBuilder(api.uri(path)), "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void onlyGetOfAPublicPathNeedsNoKey() {
        HttpRequest.Builder post = HttpRequest.newBuilder(api.uri("/health")).POST(BodyPublishers.noBody());
        HttpRequest.Builder withKey = HttpRequest.newBuilder(api.uri("/health")).POST(BodyPublishers.noBody());

        assertThat(api.send(post, "").statusCode()).isEqualTo(401);
        assertThat(api.send(withKey, ADMIN_KEY).statusCode()).isEqualTo(405);
    }

    @Test
    void aReplacedKeyIsInvalid() {
        ApiKeys keys = ApiKeys.ofPlainKeys(List.of("first", "second"));
        assertThat(keys.find("second")).isNotNull();

        keys.replace(List.of(ApiKey.ofPlain("third", Role.READ)));

        assertThat(keys.find("second")).isNull();
        assertThat(keys.find("third")).isNotNull();
    }

    @Test
    void aPlainKeyHasTheRoleWriteAndItsHashAsName() {
        ApiKey key = ApiKeys.ofPlainKeys(List.of("abc")).all().get(0);

        assertThat(key.name()).isEqualTo("key-ba7816bf");
        assertThat(key.role()).isEqualTo(Role.WRITE);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/status, 'GET, HEAD, POST'",
        "/api/v1/status/batch, 'GET, HEAD, POST'",
        "/api/v1/jobs/x, 'GET, HEAD'"
    })
    void aMethodThatIsNotAllowedGetsTheAllowedOnes(String path, String allow) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri(path)).method("PATCH", BodyPublishers.noBody());

        HttpResponse<String> reply = api.send(request, WRITE_KEY);

        assertThat(reply.statusCode()).isEqualTo(405);
        assertThat(reply.headers().firstValue("Allow"))
                .hasValueSatisfying(header -> assertThat(header).isEqualTo(allow));
        assertThat(reply.body()).contains("\"PATCH is not allowed here. Allowed: " + allow + ".\"");
    }

    @Test
    void headReturnsTheHeadersOfGet() {
        HttpResponse<String> get = api.get("/api/v1/status");
        HttpRequest.Builder head =
                HttpRequest.newBuilder(api.uri("/api/v1/status?x=1")).method("HEAD", BodyPublishers.noBody());

        HttpResponse<String> reply = api.send(head, READ_KEY);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEmpty();
        assertThat(reply.headers().firstValue("ETag")).isEqualTo(get.headers().firstValue("ETag"));
        assertThat(reply.headers().firstValueAsLong("Content-Length"))
                .hasValue(get.body().length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/jsonx",
                "application/json; charset=utf-16",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x"
            })
    void onlyJsonInUtf8IsAccepted(String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(UPDATE));

        assertThat(api.send(request, WRITE_KEY).statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=\"UTF-8\"",
                "application/json; x=y"
            })
    void jsonMayHaveParameters(String type) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(UPDATE));

        assertThat(api.send(request, WRITE_KEY).statusCode()).isEqualTo(200);
    }

    @Test
    void aCompressedBodyIsRejected() {
        assertThat(api.post(UPDATE, "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
        assertThat(api.post(UPDATE, "Content-Encoding", "identity").statusCode())
                .isEqualTo(200);
    }

    @Test
    void theLimitOfABodyIsExact() {
        String padding = " ".repeat(16 * 1024 - UPDATE.length());

        assertThat(api.post(UPDATE + padding).statusCode()).isEqualTo(200);
        assertThat(api.post(UPDATE + padding + " ").statusCode()).isEqualTo(413);
    }

    @Test
    void aBatchHasALargerLimit() {
        String batch = "{\"updates\":[" + UPDATE + "]" + " ".repeat(500_000) + "}";

        assertThat(api.postTo("/api/v1/status/batch", batch).statusCode()).isEqualTo(200);
    }

    @Test
    void anUploadIsNotWrittenToDisk() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri("/api/v1/status"))
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofString(
                        "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n"
                                + "content\r\n--x--\r\n"));

        api.send(request, WRITE_KEY);

        assertThat(Files.exists(Path.of("file-uploads"))).isFalse();
    }

    @Test
    void noHeaderOrParameterOfARequestIsInTheReply() {
        HttpResponse<String> reply = api.get(
                "/api/v1/status?echo=secret-1&content-type=secret/2&X-Other=secret-3",
                "X-Custom",
                "secret-4",
                "Cookie",
                "secret-5",
                "Idempotency-Key",
                "secret-6");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().map()).containsOnlyKeys("cache-control", "content-length", "content-type", "etag");
        assertThat(reply.headers().map().toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/api/v1/jobs/none", "/api/v1/history?limit=x"})
    void anErrorContainsNothingOfTheRequest(String path) {
        HttpResponse<String> reply = api.get(path, "X-Custom", "secret-1", "Accept", "secret/2");

        assertThat(reply.statusCode()).isBetween(400, 499);
        assertThat(reply.headers().map()).containsOnlyKeys("cache-control", "content-length", "content-type");
        assertThat(reply.body()).doesNotContain("secret").doesNotContain(READ_KEY);
    }

    @Test
    void aPathParameterCannotBeOverridden() {
        HttpResponse<String> reply = api.get("/api/v1/status/FCCS?app=Planning", "app", "Planning");

        assertThat(reply.body()).startsWith("{\"success\":true,\"data\":{\"app\":\"FCCS\"");
    }

    @Test
    void aRepeatedParameterIsRejected() {
        assertThat(api.get("/api/v1/history?app=a&app=b").statusCode()).isEqualTo(400);
        assertThat(api.get("/api/v1/history?app=a&APP=b").statusCode()).isEqualTo(400);
    }

    @Test
    void aClientCannotForgeTheNameOfItsKey() {
        api.post(UPDATE, "EpmPulse-Key", "admin", "epmpulse-key", "admin");
        api.postTo("/api/v1/status?EpmPulse-Key=admin&epmpulse-key2=admin", UPDATE);

        assertThat(api.store.entries())
                .allSatisfy(entry -> assertThat(entry.key()).isEqualTo("writer"));
    }

    @Test
    void aParameterIsNotReadAsAHeader() {
        api.postTo("/api/v1/status?idempotency_key=a&Idempotency-Key=b", UPDATE);

        assertThat(api.store.entries()).isNotEmpty().allSatisfy(entry -> assertThat(entry.idempotency())
                .isNull());
    }

    @Test
    void everyReplyIsCounted() {
        long notFoundBefore = count("/api/v1/jobs/{job_id}", "404");

        api.get("/api/v1/jobs/none");
        api.get("/api/v1/jobs/none-either");
        api.send(HttpRequest.newBuilder(api.uri("/secret")), "");

        assertThat(count("/api/v1/jobs/{job_id}", "404")).isEqualTo(notFoundBefore + 2);
        assertThat(count("other", "401")).isPositive();
    }

    private static long count(String path, String status) {
        return api
                .registry
                .find("epmpulse.http.requests")
                .tags("method", "GET", "path", path, "status", status)
                .timers()
                .stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }
}
