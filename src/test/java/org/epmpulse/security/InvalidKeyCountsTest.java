package org.epmpulse.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.READ_KEY;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.epmpulse.config.AddressRange;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid keys are limited per client address; valid keys are not. */
class InvalidKeyCountsTest {

    private static HttpResponse<String> get(TestingApi api, String key, String forwardedFor) {
        return api.send(HttpRequest.newBuilder(api.uri("/api/v1/jobs")), key, "X-Forwarded-For", forwardedFor);
    }

    @Test
    void after20InvalidKeysInAMinuteFurtherInvalidKeysAreRejected() {
        try (TestingApi api = new TestingApi()) {
            for (int i = 0; i < 20; i++) {
                assertThat(get(api, "invalid" + i, "1.1.1." + i + ", 192.0.2.1").statusCode())
                        .isEqualTo(403);
            }
            api.clock.advance(Duration.ofSeconds(20));

            HttpResponse<String> rejected = get(api, "invalid", "192.0.2.1");
            assertThat(rejected.statusCode()).isEqualTo(429);
            assertThat(rejected.headers().firstValue("Retry-After")).hasValue("40");
            assertThat(get(api, READ_KEY, "192.0.2.1").statusCode()).isEqualTo(200);
            assertThat(get(api, "invalid", "192.0.2.2").statusCode()).isEqualTo(403);

            api.clock.advance(Duration.ofSeconds(40));
            assertThat(get(api, "invalid", "192.0.2.1").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void anIpv6NetworkCountsAsOneAddress() {
        InvalidKeyCounts counts = new InvalidKeyCounts(new TestingClock());
        for (int i = 0; i < InvalidKeyCounts.PER_MINUTE; i++) {
            counts.add("2001:db8:0:1::" + i);
        }

        assertThat(counts.add("2001:db8:0:1:ffff::1")).isNotNull();
        assertThat(counts.add("2001:db8:0:2::1")).isNull();
    }

    @Test
    void theNumberOfStoredAddressesIsLimited() {
        InvalidKeyCounts counts = new InvalidKeyCounts(new TestingClock());
        for (int i = 0; i < InvalidKeyCounts.MAX_ADDRESSES + 100; i++) {
            counts.add("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256);
        }

        assertThat(counts.size()).isEqualTo(InvalidKeyCounts.MAX_ADDRESSES);
    }

    @ParameterizedTest(name = "{0} for {1}")
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.9        | 1.2.3.4                      | 192.0.2.9
            127.0.0.1        |                              | 127.0.0.1
            127.0.0.1        | 1.2.3.4                      | 1.2.3.4
            127.0.0.1        | 6.6.6.6, 1.2.3.4             | 1.2.3.4
            127.0.0.1        | 6.6.6.6, 1.2.3.4, 10.0.0.7   | 1.2.3.4
            127.0.0.1        | 6.6.6.6, unknown, 10.0.0.7   | 10.0.0.7
            127.0.0.1        | 10.1.1.1                     | 10.1.1.1
            127.0.0.1        | 1.2.3.4:4711                 | 1.2.3.4
            ::ffff:127.0.0.1 | 1.2.3.4                      | 1.2.3.4
            fd00::1          | [2001:db8::5]:99             | 2001:db8:0:0:0:0:0:5
            10.0.0.255       | ,,                           | 10.0.0.255""")
    void theClientIsTheLastAddressThatIsNotATrustedProxy(String peer, String forwarded, String client) {
        TrustedProxies proxies = new TrustedProxies(Stream.of("127.0.0.0/8", "10.0.0.0/24", "10.1.1.1/32", "fd00::/8")
                .map(AddressRange::parse)
                .toList());

        assertThat(proxies.client(peer, forwarded == null ? List.of() : List.of(forwarded)))
                .isEqualTo(client);
    }
}
