package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policies of paths. */
class EndpointPoliciesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            /health,               PUBLIC, 1048576, false, true,  false
            /api/v1/health,        PUBLIC, 1048576, false, true,  false
            /api/v1/openapi.json,  PUBLIC, 1048576, false, true,  true
            /api/v1/status,        KEY,    16384,   false, true,  true
            /api/v1/status/batch,  KEY,    1048576, false, true,  true
            /api/v1/admin,         KEY,    1048576, true,  true,  true
            /api/v1/admin/site,    KEY,    1048576, true,  true,  true
            /api/v1/administrator, KEY,    1048576, false, true,  true
            /api/v1/metrics,       LOCAL,  1048576, false, true,  true
            /site/orders/{order},  KEY,    1048576, false, false, true""")
    void aPathHasItsPolicy(
            String path, Access access, int maxBodyBytes, boolean admin, boolean builtIn, boolean logged) {
        assertThat(EndpointPolicies.of(path))
                .isEqualTo(new EndpointPolicy(access, maxBodyBytes, admin, builtIn, false, logged));
    }
}
