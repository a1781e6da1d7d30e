package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.epmpulse.http.EndpointPolicy.Scans;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policies of paths. */
class EndpointPoliciesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            /health,               PUBLIC, 1048576, false, true,  false, false, NONE
            /api/v1/health,        PUBLIC, 1048576, false, true,  false, false, NONE
            /health/live,          PUBLIC, 1048576, false, true,  false, true, NONE
            /health/ready,         PUBLIC, 1048576, false, true,  false, true, NONE
            /health/write,         PUBLIC, 1048576, false, true,  false, true, NONE
            /api/v1/openapi.json,  PUBLIC, 1048576, false, true,  true, false, NONE
            /api/v1/status,        KEY,    16384,   false, true,  true, false, PAST
            /api/v1/history,       KEY,    1048576, false, true,  true, false, ALL
            /api/v1/status/batch,  KEY,    1048576, false, true,  true, false, NONE
            /api/v1/admin,         KEY,    1048576, true,  true,  true, false, NONE
            /api/v1/admin/site,    KEY,    1048576, true,  true,  true, false, NONE
            /api/v1/administrator, KEY,    1048576, false, true,  true, false, NONE
            /api/v1/metrics,       LOCAL,  1048576, false, true,  true, false, NONE
            /site/orders/{order},  KEY,    1048576, false, false, true, false, NONE""")
    void aPathHasItsPolicy(
            String path,
            Access access,
            int maxBodyBytes,
            boolean admin,
            boolean builtIn,
            boolean logged,
            boolean always,
            Scans scans) {
        assertThat(EndpointPolicies.of(path))
                .isEqualTo(new EndpointPolicy(access, maxBodyBytes, admin, builtIn, false, logged, always, scans));
    }
}
