package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Product;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobUrlTest {

    private static final String UUID = "0105ee75-3f15-4efd-b725-a1769001fbfa";

    @ParameterizedTest
    @CsvSource({
        "PLANNING,         224,             /HyperionPlanning/rest/v3/applications/Vision/jobs/224",
        "FCCS,             224,             /HyperionPlanning/rest/v3/applications/Vision/jobs/224",
        "ARCS,             100000000001000, /armARCS/rest/v1/jobs/100000000001000",
        "ARCS_TM,          1,               /arm/rest/v1/jobs/1",
        "DATA_INTEGRATION, 1881,            /aif/rest/V1/jobs/1881",
        "TAX,              224,             /HyperionPlanning/rest/v3/applications/Vision/jobs/224",
        "EPCM,             224,             /HyperionPlanning/rest/v3/applications/Vision/jobs/224",
        "FREEFORM,         224,             /HyperionPlanning/rest/v3/applications/Vision/jobs/224",
        "MIGRATION,        28,              /interop/rest/v2/status/migration/28",
        "NARRATIVE_REPORTING, 0105ee75-3f15-4efd-b725-a1769001fbfa, /epm/rest/v1/jobs/0105ee75-3f15-4efd-b725-a1769001fbfa",
        "EDM, 0105ee75-3f15-4efd-b725-a1769001fbfa, /epm/rest/v1/jobRuns/0105ee75-3f15-4efd-b725-a1769001fbfa"
    })
    void eachProductHasItsOwnPath(Product product, String id, String path) {
        assertThat(JobUrl.of(server(product, "https://epm.example.com"), "Vision", id))
                .isEqualTo(URI.create("https://epm.example.com" + path));
    }

    @Test
    void aBaseUrlMayHaveAPath() {
        assertThat(JobUrl.of(server(Product.ARCS, "https://gateway.example.com:8443/epm/prod"), "ARCS", "7"))
                .hasToString("https://gateway.example.com:8443/epm/prod/armARCS/rest/v1/jobs/7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Vision 2 + 3 | Vision%202%20%2B%203
            a/b          | a%2Fb
            100%         | 100%25
            ..\\a        | ..%5Ca
            Ünïté 会     | %C3%9Cn%C3%AFt%C3%A9%20%E4%BC%9A
            a?b=c#d;e    | a%3Fb%3Dc%23d%3Be
            @evil:80     | %40evil%3A80
            ...          | ...
            %2e%2e       | %252e%252e""")
    void theNameOfAnApplicationIsEncoded(String application, String segment) {
        assertThat(JobUrl.of(server(Product.PLANNING, "https://epm.example.com"), application, "1"))
                .hasToString("https://epm.example.com/HyperionPlanning/rest/v3/applications/" + segment + "/jobs/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", ".."})
    void aNameThatWouldChangeThePathIsRejected(String application) {
        assertThatThrownBy(() -> JobUrl.of(server(Product.FCCS, "https://epm.example.com"), application, "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("application must be the name of an application in EPM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x1", "-1", "1 ", "1\n", "../1", "1?a=b", "12345678901234567890", "१२३", UUID})
    void anIdIsDigits(String id) {
        for (Product product : Product.values()) {
            if (!product.hasUuidJobs()) {
                assertThatThrownBy(() -> JobUrl.of(server(product, "https://epm.example.com"), "Vision", id))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("epm_job_id must be 1 to 19 digits");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "224", UUID + "/result", "0105ee753f154efdb725a1769001fbfa", "{" + UUID + "}", UUID + "\n"})
    void anIdOfEdmAndNarrativeReportingIsAUuid(String id) {
        for (Product product : List.of(Product.EDM, Product.NARRATIVE_REPORTING)) {
            assertThatThrownBy(() -> JobUrl.of(server(product, "https://epm.example.com"), "Vision", id))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("epm_job_id must be a UUID");
        }
    }

    private static AppsConfig.Server server(Product product, String baseUrl) {
        return new AppsConfig.Server("epm", "EPM", URI.create(baseUrl), product, null, null);
    }
}
