package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.epmpulse.config.Product;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The states of the responses in {@code epm/}, whose README lists their sources, and responses without a state. */
class JobStatusMapperTest {

    private static final String JSON = "application/json; charset=utf-8";

    private final JobStatusMapper mapper = new JobStatusMapper();

    @ParameterizedTest(name = "{0}/{1}")
    @CsvSource(delimiter = '|', textBlock = """
            planning         | completed                            | OK      | Metadata import was successful
            planning         | completed-before-26-04               | OK      | Metadata import was successful
            planning         | error                                | WARNING | One or more child jobs have failed
            planning         | error-without-details                | WARNING | Error
            planning         | cancelled                            | WARNING | Cancelled
            planning         | invalid-parameter                    | WARNING | Invalid parameter: Rule Calculate is not there
            planning         | completed-with-errors                | WARNING | Completed with errors: 2 records were rejected. See the error file.
            planning         | completed-with-warnings              | WARNING | Completed with warnings
            planning         | completed-with-warnings-before-26-04 | WARNING | Completed with warnings: Metadata import was successful
            arcs             | completed                            | OK      | Total to copy : 3; Successfully copied : 2; Unsuccessfully copied : 1
            arcs             | failed                               | WARNING | EPMARCS-101: the period is closed
            arcs             | failed-without-text                  | WARNING | Failed
            arcs_tm          | completed                            | OK      | Job Completed. Job ID: 100000000001000
            arcs_tm          | failed                               | WARNING | Reconciliation type INTERCO does not exist
            data_integration | mappings-exported                    | OK      |
            data_integration | batch-success-beside-minus-one       | OK      |
            data_integration | without-job-status                   | OK      |
            data_integration | warning                              | WARNING | Completed with warnings: see outbox/logs/BESSAPP-DB_1881.log
            data_integration | failed-with-stack-trace              | WARNING | ORA-00942: table or view does not exist
            data_integration | failed-without-details               | WARNING | Failed: see outbox/logs/BESSAPP-DB_1881.log
            edm              | completed-without-success            | WARNING | Failed
            edm              | error                                | WARNING | Connection Production cannot be reached""")
    void anEndedJob(String product, String file, Status status, String message) {
        assertThat(recorded(product, file)).isEqualTo(new JobState.Ended(status, message));
    }

    @ParameterizedTest(name = "{0}/{1}")
    @CsvSource(delimiter = '|', textBlock = """
            planning         | in-progress                       | Processing
            planning         | cancel-pending                    | Cancel pending
            planning         | job-id-in-capitals-and-translated | Processando
            arcs             | in-process                        | In Process
            arcs             | monitor-with-open-reconciliations | Account ID : 100-1210, Name : Accounts Receivable, Status : Open
            arcs_tm          | in-process                        | In Process
            data_integration | running                           |
            edm              | pending                           | 0 of 2
            edm              | running                           | 1 of 2""")
    void aRunningJob(String product, String file, String text) {
        assertThat(recorded(product, file)).isEqualTo(new JobState.Running(text));
    }

    @ParameterizedTest(name = "{0}/{1}")
    @CsvSource(delimiter = '|', textBlock = """
            planning | unknown      | unknown status 2147483647: Unknown
            arcs     | unknown      | unknown status 2147483647
            edm      | unauthorized | unknown status Unauthorized""")
    void anUnknownState(String product, String file, String text) {
        assertThat(recorded(product, file)).isEqualTo(new JobState.Unknown(text));
    }

    @Test
    void fccsHasTheStatusesOfPlanning() {
        assertThat(mapper.mapStatus(Product.FCCS, 200, JSON, resource("planning", "cancelled"), null))
                .isEqualTo(new JobState.Ended(Status.WARNING, "Cancelled"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PLANNING         | {"status": 5}
            PLANNING         | {"status": -2}
            PLANNING         | {"status": 4294967296}
            PLANNING         | {"status": "Completed"}
            PLANNING         | {"status": "0.0"}
            PLANNING         | {"status": "00"}
            PLANNING         | {"status": "०"}
            ARCS             | {"status": -2}
            ARCS             | {"status": "99999999999999999999"}
            DATA_INTEGRATION | {"jobStatus": "SUCCESSFUL", "status": 0}
            DATA_INTEGRATION | {"status": 17}
            EDM              | {"status": "CANCELLED"}
            EDM              | {"status": 0}""")
    void anUndocumentedStateIsUnknown(Product product, String json) {
        assertThat(map(product, json)).isInstanceOf(JobState.Unknown.class);
    }

    @Test
    void aNumberMayBeAText() {
        assertThat(map(Product.PLANNING, "{\"status\": \"0\", \"jobId\": \"224\"}"))
                .isEqualTo(new JobState.Ended(Status.OK, null));
        assertThat(map(Product.ARCS, "{\"status\": \"-1\"}")).isEqualTo(new JobState.Running(null));
        assertThat(map(Product.PLANNING, "{\"status\": 0, \"detailedStatus\": \"9\"}"))
                .isEqualTo(new JobState.Ended(Status.WARNING, "Completed with errors or warnings"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "0",
                "[]",
                "{}",
                "{\"status\": null}",
                "{\"status\": \"\"}",
                "{\"status\": true}",
                "{\"status\": 0.0}",
                "{\"status\": [0]}",
                "{\"status\": 0",
                "{\"status\": 0} {}",
                "{\"status\": -1, \"status\": 0}",
                "<html></html>"
            })
    void aBodyWithoutAStateIsUnavailable(String body) {
        for (Product product : Product.values()) {
            assertThatThrownBy(() -> map(product, body))
                    .isInstanceOf(EpmUnavailableException.class)
                    .hasMessageStartingWith("HTTP 200 with JSON ");
        }
    }

    @Test
    void deepOrHugeJsonIsNotRead() {
        String deep = "{\"status\": 0, \"links\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        String huge = "{\"status\": 0, \"details\": \"" + "x".repeat(2_000_000) + "\"}";

        assertThatThrownBy(() -> map(Product.PLANNING, deep)).isInstanceOf(EpmUnavailableException.class);
        assertThatThrownBy(() -> map(Product.PLANNING, huge)).isInstanceOf(EpmUnavailableException.class);
    }

    @Test
    void aWebPageInsteadOfJsonIsUnavailable() {
        assertThatThrownBy(() -> mapper.mapStatus(Product.PLANNING, 200, "text/html", "{\"status\": 0}", null))
                .isInstanceOf(EpmUnavailableException.class)
                .hasMessage("HTTP 200 with text/html instead of JSON, most likely a login or maintenance page");
        assertThatThrownBy(() -> mapper.mapStatus(Product.PLANNING, 200, null, "{\"status\": 0}", null))
                .isInstanceOf(EpmUnavailableException.class)
                .hasMessageContaining("no Content-Type");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            302 | HTTP 302: redirected, most likely to a login page
            400 | HTTP 400: Bad thing. It happened
            405 | HTTP 405: Bad thing. It happened
            429 | HTTP 429: too many requests
            500 | HTTP 500: Bad thing. It happened
            503 | HTTP 503: down or in maintenance
            201 | HTTP 201: Bad thing. It happened""")
    void otherHttpStatusesAreUnavailable(int httpStatus, String message) {
        assertThatThrownBy(() -> mapper.mapStatus(
                        Product.ARCS,
                        httpStatus,
                        JSON,
                        "{\"status\": 0, \"message\": \"Bad thing.\\nIt happened\"}",
                        null))
                .isInstanceOf(EpmUnavailableException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            120     | 120
            0       | 1
            9999999 | 3600
            -5      | -
            soon    | -
            -       | -""")
    void theRetryAfterOfAResponseIsKept(String header, Long seconds) {
        assertThatThrownBy(() -> mapper.mapStatus(Product.EDM, 429, "text/html", "", header))
                .asInstanceOf(InstanceOfAssertFactories.type(EpmUnavailableException.class))
                .extracting(EpmUnavailableException::retryAfter)
                .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @EnumSource
    void unauthorizedAndForbiddenAreDifferentExceptions(Product product) {
        assertThatThrownBy(() -> mapper.mapStatus(product, 401, JSON, resource("edm", "unauthorized"), null))
                .isInstanceOf(EpmUnauthorizedException.class)
                .hasMessage("HTTP 401: EPM rejected the credentials");
        assertThatThrownBy(() -> mapper.mapStatus(product, 403, "text/html", "<html>secret</html>", null))
                .isInstanceOf(EpmForbiddenException.class)
                .hasMessageContaining("Service Administrator")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anUnknownJobIsMissing() {
        assertThat(mapper.mapStatus(Product.PLANNING, 404, JSON, "{\"message\": \"Job 7 does not exist\"}", null))
                .isEqualTo(new JobState.Missing("HTTP 404: EPM does not know the job: Job 7 does not exist"));
        assertThat(mapper.mapStatus(Product.PLANNING, 404, "text/html", "<h1>Not Found</h1>", null))
                .isEqualTo(new JobState.Missing("HTTP 404: EPM does not know the job"));
    }

    private JobState recorded(String product, String file) {
        return map(Product.valueOf(product.toUpperCase(Locale.ROOT)), resource(product, file));
    }

    private JobState map(Product product, String body) {
        return mapper.mapStatus(product, 200, JSON, body, null);
    }

    static String resource(String product, String file) {
        try (InputStream in = JobStatusMapperTest.class.getResourceAsStream("/epm/" + product + "/" + file + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theResultOfACompletedJobOfEdmDecidesItsStatus() {
        assertThat(recorded("edm", "completed")).isEqualTo(new JobState.ResultPending());

        assertThat(result(200, "{\"success\": true, \"recordCount\": 3}"))
                .isEqualTo(new JobState.Ended(Status.OK, null));
        assertThat(result(200, "{\"success\": false, \"message\": \"a node is locked\"}"))
                .isEqualTo(new JobState.Ended(Status.WARNING, "a node is locked"));
        assertThat(result(404, "{}"))
                .as("not every kind of job has a result")
                .isEqualTo(new JobState.Ended(Status.OK, null));
        assertThatThrownBy(() -> result(500, "{}")).isInstanceOf(EpmUnavailableException.class);
        assertThatThrownBy(() -> result(200, "<html>")).isInstanceOf(EpmUnavailableException.class);
    }

    private JobState result(int httpStatus, String body) {
        return mapper.mapResult(httpStatus, "application/json", body, null);
    }
}
