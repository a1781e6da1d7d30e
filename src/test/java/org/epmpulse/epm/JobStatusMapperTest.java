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
            edm              | error                                | WARNING | Connection Production cannot be reached
            narrative_reporting | completed                         | OK      |
            narrative_reporting | error                             | WARNING | The bursting definition does not exist
            narrative_reporting | cancelled                         | WARNING | Cancelled
            migration        | completed                            | OK      |
            migration        | completed-with-issues                | WARNING | Failed: /HP-Vision to Vision""")
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
            edm              | running                           | 1 of 2
            narrative_reporting | in-progress                    | Processing
            migration        | in-progress                       |""")
    void aRunningJob(String product, String file, String text) {
        assertThat(recorded(product, file)).isEqualTo(new JobState.Running(text));
    }

    @ParameterizedTest(name = "{0}/{1}")
    @CsvSource(delimiter = '|', textBlock = """
            planning | unknown      | unknown status 2147483647: Unknown
            arcs     | unknown      | unknown status 2147483647
            narrative_reporting | undocumented | unknown status 2: Cancel Pending
            edm      | unauthorized | unknown status Unauthorized""")
    void anUnknownState(String product, String file, String text) {
        assertThat(recorded(product, file))
                .asInstanceOf(InstanceOfAssertFactories.type(JobState.Unknown.class))
                .extracting(JobState.Unknown::text)
                .isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource(names = {"FCCS", "TAX", "EPCM", "FREEFORM"})
    void productsWithApplicationsHaveTheStatusesOfPlanning(Product product) {
        assertThat(mapper.mapStatus(product, 200, JSON, resource("planning", "cancelled"), null))
                .isEqualTo(new JobState.Ended(Status.WARNING, "Cancelled"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PLANNING | {"status": 0, "detailedStatus": 4, "descriptiveStatus": "Completed"} | Completed, result unknown
            PLANNING | {"status": "0", "detailedStatus": "4"} | Completed, result unknown
            PLANNING | {"status": 0, "detailedStatus": 4.0} | Completed, result unknown
            PLANNING | {"status": 0, "detailedStatus": 3, "descriptiveStatus": "Completed"} | Failed with errors
            FCCS     | {"status": 0, "detailedStatus": 7} | Cancelled
            PLANNING | {"status": 0, "descriptiveStatus": "Error", "details": "no member X"} | Error: no member X
            TAX      | {"status": 0, "descriptiveStatus": "Failed"} | Failed
            PLANNING | {"status": 0, "descriptiveStatus": "CANCELED"} | CANCELED
            PLANNING | {"status": 0, "descriptiveStatus": "Completed - Unknown"} | Completed, result unknown
            PLANNING | {"status": 0, "descriptiveStatus": "Unknown"} | Completed, result unknown
            PLANNING | {"status": 1, "descriptiveStatus": "Completed"} | Failed
            PLANNING | {"status": 0, "detailedStatus": "Failed with errors", "descriptiveStatus": "Completed"} | Failed with errors
            PLANNING | {"status": 0, "details": "Completed with errors"} | Completed with errors
            PLANNING | {"status": 0, "descriptiveStatus": "Completed Successfully With Errors"} | Completed Successfully With Errors
            PLANNING | {"status": 0, "descriptiveStatus": "Finished with errors", "details": "no member X"} | Finished with errors: no member X
            PLANNING | {"status": 0, "detailedStatus": 2, "descriptiveStatus": "Success, with Warnings"} | Success, with Warnings
            PLANNING | {"status": 0, "detailedStatus": "Ended with 3 errors", "descriptiveStatus": "Completed"} | Ended with 3 errors
            PLANNING | {"status": 0, "descriptiveStatus": "Failed in step 2"} | Failed in step 2
            PLANNING | {"status": 0, "descriptiveStatus": "Error(s)"} | Error(s)
            NARRATIVE_REPORTING | {"status": 0, "descriptiveStatus": "Errors occurred"} | Errors occurred
            DATA_INTEGRATION | {"jobStatus": "SUCCESS_WITH_ERRORS", "status": 0} | SUCCESS_WITH_ERRORS
            FREEFORM | {"status": 0, "error": {"message": "no member X"}} | no member X
            NARRATIVE_REPORTING | {"status": 0, "error": "no report"} | no report
            ARCS     | {"status": 0, "details": "Failed"} | Failed
            ARCS     | {"status": 0, "error": ["EPMARCS-100"]} | EPMARCS-100
            ARCS     | {"status": 0, "error": "EPMARCS-101", "details": "Job Completed"} | EPMARCS-101
            ARCS_TM  | {"status": 0, "error": {"message": "EPMARCS-102"}} | EPMARCS-102
            DATA_INTEGRATION | {"jobStatus": "SUCCESS", "status": 1} | Failed with status 1 beside SUCCESS
            DATA_INTEGRATION | {"jobStatus": "SUCCESS", "status": "3", "logFileName": "a.log"} | Failed with status 3 beside SUCCESS: see a.log
            DATA_INTEGRATION | {"jobStatus": "ERROR", "status": 0} | ERROR
            DATA_INTEGRATION | {"jobStatus": "FEHLER", "status": 1, "details": "why"} | why""")
    void aContradictionOfAnEndedJobIsAWarning(Product product, String json, String message) {
        assertThat(map(product, json)).isEqualTo(new JobState.Ended(Status.WARNING, message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PLANNING | {"status": 0, "descriptiveStatus": "Processing"}
            PLANNING | {"status": 0, "detailedStatus": 1, "descriptiveStatus": "Completed"}
            PLANNING | {"status": 0, "detailedStatus": 6}
            EPCM     | {"status": -1, "descriptiveStatus": "Completed"}
            PLANNING | {"status": 0, "detailedStatus": "Processing"}
            ARCS     | {"status": 0, "details": "In Process"}
            PLANNING | {"status": -1, "detailedStatus": 2}
            DATA_INTEGRATION | {"jobStatus": "RUNNING", "status": 1}
            DATA_INTEGRATION | {"jobStatus": "SUCCESS", "status": 2}
            DATA_INTEGRATION | {"jobStatus": "PENDING", "status": 0}""")
    void aContradictionOfAJobThatMayRunIsUnknown(Product product, String json) {
        assertThat(map(product, json))
                .asInstanceOf(InstanceOfAssertFactories.type(JobState.Unknown.class))
                .satisfies(state -> {
                    assertThat(state.kind()).isEqualTo("contradiction");
                    assertThat(state.text()).startsWith("EPM contradicts itself: status ");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PLANNING | {"status": 0, "descriptiveStatus": "Abgeschlossen"}
            PLANNING | {"status": 0.0, "descriptiveStatus": null}
            PLANNING | {"status": 0, "detailedStatus": 2, "descriptiveStatus": "Terminé"}
            PLANNING | {"status": 0, "descriptiveStatus": "Erroremente"}
            PLANNING | {"status": 0, "descriptiveStatus": "Completed without errors"}
            PLANNING | {"status": 0, "descriptiveStatus": "Completed with no errors"}
            PLANNING | {"status": 0, "descriptiveStatus": "Completed", "details": "Failed rows: 0"}
            PLANNING | {"status": 0, "detailedStatus": 10, "descriptiveStatus": "Completed"}
            DATA_INTEGRATION | {"jobStatus": "SUCCESSFUL", "status": 0}
            DATA_INTEGRATION | {"jobStatus": "ERFOLGREICH", "status": "0"}
            DATA_INTEGRATION | {"jobStatus": null, "status": 0}
            DATA_INTEGRATION | {"jobStatus": "success"}
            ARCS     | {"status": "0", "error": "null"}""")
    void anUnknownWordLeavesTheDecisionToTheNumber(Product product, String json) {
        assertThat(map(product, json))
                .asInstanceOf(InstanceOfAssertFactories.type(JobState.Ended.class))
                .extracting(JobState.Ended::status)
                .isEqualTo(Status.OK);
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
            DATA_INTEGRATION | {"jobStatus": "SUCCESSFUL"}
            DATA_INTEGRATION | {"jobStatus": "ERFOLGREICH", "status": 17}
            DATA_INTEGRATION | {"status": 17}
            NARRATIVE_REPORTING | {"status": 4}
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
                .isEqualTo(new JobState.Ended(Status.WARNING, "Completed with warnings"));
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
                "{\"status\": 0.5}",
                "{\"status\": [0]}",
                "{\"status\": 0",
                "{\"status\": 0} {}",
                "{\"status\": -1, \"status\": 0}",
                "<html></html>"
            })
    void aBodyWithoutAStateConcernsOnlyTheJob(String body) {
        for (Product product : Product.values()) {
            assertThat(map(product, body))
                    .asInstanceOf(InstanceOfAssertFactories.type(JobState.Unknown.class))
                    .extracting(JobState.Unknown::text)
                    .asString()
                    .startsWith("HTTP 200 with JSON ");
        }
    }

    @Test
    void deepOrHugeJsonIsNotRead() {
        String deep = "{\"status\": 0, \"links\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        String huge = "{\"status\": 0, \"details\": \"" + "x".repeat(2_000_000) + "\"}";

        assertThat(map(Product.PLANNING, deep)).isInstanceOf(JobState.Unknown.class);
        assertThat(map(Product.PLANNING, huge)).isInstanceOf(JobState.Unknown.class);
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
            429 | HTTP 429: too many requests
            500 | HTTP 500: Bad thing. It happened
            503 | HTTP 503: down or in maintenance
            407 | HTTP 407: Bad thing. It happened
            408 | HTTP 408: Bad thing. It happened""")
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
    @ValueSource(ints = {201, 202, 204, 400, 405, 406, 409, 414, 422, 451})
    void aRejectedRequestConcernsOnlyTheJob(int httpStatus) {
        String json = "{\"status\": 0, \"message\": \"Bad thing.\\nIt happened\"}";

        assertThat(mapper.mapStatus(Product.ARCS, httpStatus, JSON, json, null))
                .isEqualTo(
                        new JobState.Unknown("HTTP " + httpStatus, "HTTP " + httpStatus + ": Bad thing. It happened"));
        assertThat(mapper.mapStatus(Product.ARCS, httpStatus, "text/html", "<h1>No</h1>", null))
                .isEqualTo(new JobState.Unknown("HTTP " + httpStatus, "HTTP " + httpStatus));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            503 | text/html        | <h1>Down</h1>                                      | ENVIRONMENT
            429 | text/html        | {}                                                 | ENVIRONMENT
            429 | text/html        | <a>Scheduled maintenance</a>                       | ENVIRONMENT
            500 | text/html        | {}                                                 | POSSIBLY_ONE_JOB
            500 | application/json | {"message": "Rule Daily Maintenance failed"}       | POSSIBLY_ONE_JOB
            504 | application/json | {"message": "Rule Daily Maintenance timed out"}    | POSSIBLY_ONE_JOB
            200 | text/html        | <form>Sign in</form>                               | POSSIBLY_ONE_JOB
            302 | text/html        | <a>Scheduled maintenance</a>                       | POSSIBLY_MAINTENANCE
            503 | text/html        | <h1>EPMAT-11: Due to the daily maintenance, …</h1> | MAINTENANCE
            502 | text/html        | <h1>EPMAT-11: Due to the daily maintenance, …</h1> | MAINTENANCE
            503 | application/json | {"message": "EPMAT-11: the daily maintenance"}     | MAINTENANCE
            504 | text/html        | <h1>EPMAT-11: Due to the daily maintenance, …</h1> | POSSIBLY_MAINTENANCE
            500 | text/html        | <h1>EPMAT-11: Due to the daily maintenance, …</h1> | POSSIBLY_MAINTENANCE
            200 | text/html        | <h1>Scheduled Maintenance</h1>                     | POSSIBLY_MAINTENANCE""")
    void anUnavailableEnvironmentHasAScope(
            int httpStatus, String type, String body, EpmUnavailableException.Scope scope) {
        assertThatThrownBy(() -> mapper.mapStatus(Product.PLANNING, httpStatus, type, body, null))
                .asInstanceOf(InstanceOfAssertFactories.type(EpmUnavailableException.class))
                .extracting(EpmUnavailableException::scope)
                .isEqualTo(scope);
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

        assertThat(result(200, resource("edm", "result-success"))).isEqualTo(new JobState.Ended(Status.OK, null));
        assertThat(result(200, resource("edm", "result-failed")))
                .isEqualTo(
                        new JobState.Ended(Status.WARNING, "Export Account: Connection Production; cannot be reached"));
        assertThat(result(200, resource("edm", "result-without-success")))
                .as("not every kind of result has it")
                .isEqualTo(new JobState.Ended(Status.OK, null));
        assertThat(result(404, "{}"))
                .as("not every kind of job has a result")
                .isEqualTo(new JobState.Ended(Status.OK, "Completed; EPM has no result of the job"));
        assertThat(result(410, "{\"message\": \"gone\"}")).isInstanceOf(JobState.Ended.class);
        for (int httpStatus : new int[] {404, 410}) {
            assertThat(mapper.mapResult(httpStatus, "text/html", "<h1>Not Found</h1>", null))
                    .as("of a proxy, not of EPM")
                    .isInstanceOf(JobState.Unknown.class);
            assertThat(mapper.mapResult(httpStatus, null, "", null)).isInstanceOf(JobState.Unknown.class);
            assertThat(result(httpStatus, "<h1>Not Found</h1>")).isInstanceOf(JobState.Unknown.class);
        }
        assertThat(result(400, "{}")).isEqualTo(new JobState.Unknown("HTTP 400", "HTTP 400"));
        assertThat(result(200, "<html>")).isInstanceOf(JobState.Unknown.class);
        assertThatThrownBy(() -> result(500, "{}")).isInstanceOf(EpmUnavailableException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            {"status": "COMPLETED", "result": {"success": false}}                                       | Failed
            {"status": "COMPLETED", "result": {"success": "False", "messages": ["a", "b"]}}             | a
            {"status": "COMPLETED", "result": {"success": false, "messages": [{"text": "locked"}]}}     | locked
            {"success": true, "result": {"success": false, "message": "locked"}}                        | locked
            {"success": false, "message": "locked"}                                                     | locked
            {"status": "ERROR", "error": "locked", "result": null}                                      | locked
            {"status": "COMPLETED", "error": {"message": "locked"}, "result": {"success": true}}        | locked
            {"result": {"success": true, "tasks": [{"taskName": "T", "status": "FAILED"}]}}             | Failed
            {"result": {"success": true, "tasks": [{"taskName": "T", "status": "ERROR", "messages": "x"}]}} | T: x
            {"result": {"success": true, "tasks": [{"status": "WARNING", "messages": ["late"]}]}}       | late
            {"result": {"success": true, "error": "locked"}}                                            | locked
            {"success": false, "result": {"success": true}}                                             | Failed
            {"result": "{\\"success\\":false,\\"message\\":\\"locked\\"}"}                                  | locked
            {"result": " [ {\\"success\\":\\"false\\",\\"errors\\":[\\"locked\\"]} ] "}                       | locked
            {"result": [{"success": false}]}                                                            | Failed
            {"result": [{"success": true}, {"success": false, "message": "locked"}]}                    | locked
            {"result": [[{"success": false, "message": "locked"}]]}                                     | locked
            {"result": ["{\\"success\\":false}"]}                                                       | Failed
            {"result": [{"success": true, "tasks": [{"taskName": "T", "status": "ERROR"}]}]}            | Failed
            {"result": {"success": true, "status": "COMPLETED_WITH_ERRORS"}}                            | Completed with errors or warnings
            {"result": {"status": "COMPLETED_WITH_WARNINGS", "message": "late"}}                        | late
            {"status": "COMPLETED_WITH_ERRORS", "result": {"success": true}}                            | Completed with errors or warnings
            {"result": {"status": "COMPLETED_UNKNOWN"}}                                                 | Completed, result unknown
            {"result": {"success": true, "errors": ["locked"]}}                                         | locked
            {"result": {"success": true, "errors": [{"code": 7}]}}                                      | Completed with errors or warnings
            {"result": {"success": true, "errors": 3}}                                                  | Completed with errors or warnings
            {"errors": ["locked"], "result": {"success": true}}                                         | locked""")
    void aFailureAnywhereInAResultIsAWarning(String json, String message) {
        assertThat(result(200, json)).isEqualTo(new JobState.Ended(Status.WARNING, message));
    }

    @Test
    void aResultThatIsNotReadyOrUnclearIsNoSuccess() {
        assertThat(result(200, "{\"status\": \"RUNNING\", \"result\": null}")).isEqualTo(new JobState.Running(null));
        assertThat(result(200, "{\"status\": \"COMPLETED\", \"result\": {\"success\": 1}}"))
                .isInstanceOf(JobState.Unknown.class);
        assertThat(result(200, "{\"result\": \"{\\\"success\\\": fal\"}")).isInstanceOf(JobState.Unknown.class);
        assertThat(result(200, "{\"result\": \"[{\\\"success\\\": fal\"}")).isInstanceOf(JobState.Unknown.class);
        assertThat(result(200, "{\"result\": [{\"success\": true}, {\"success\": 1}]}"))
                .isInstanceOf(JobState.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"result\": \"3 nodes\"}",
                "{\"result\": \"[INFO] 3 nodes\"}",
                "{\"result\": \"{\\\"success\\\": true}\"}",
                "{\"result\": [{\"success\": true}, {\"success\": \"true\"}]}",
                "{\"result\": []}",
                "{\"result\": {\"success\": true, \"status\": \"COMPLETED\", \"errors\": []}}",
                "{\"result\": {\"success\": true, \"errors\": 0}}",
                "{\"result\": {\"success\": true, \"errors\": \"0\"}}"
            })
    void aResultWithoutAnyFailureIsASuccess(String json) {
        assertThat(result(200, json)).isEqualTo(new JobState.Ended(Status.OK, null));
    }

    private JobState result(int httpStatus, String body) {
        return mapper.mapResult(httpStatus, "application/json", body, null);
    }
}
