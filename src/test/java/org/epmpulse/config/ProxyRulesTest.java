package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy the variables of the environment and Java's properties give to an outgoing call. */
class ProxyRulesTest {

    private static final URI SLACK = URI.create("https://slack.com/api/");
    private static final URI PLAIN = URI.create("http://epm.example.com/");

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private final Problems problems = new Problems();

    private ProxyRules rules() {
        return new ProxyReader(Variables.of(environment, Map.of()), properties::get, problems).read();
    }

    private String describe(String url) {
        return rules().describe(URI.create(url));
    }

    @Test
    void withoutVariablesEveryCallIsDirect() {
        assertThat(rules().describe(SLACK)).isEqualTo("direct");
        assertThat(rules().proxyFor(PLAIN)).isNull();
        assertThat(problems.list()).isEmpty();
    }

    @Test
    void theSchemeOfTheUrlChoosesTheProxy() {
        environment.put("HTTPS_PROXY", "http://secure:3128");
        environment.put("http_proxy", "http://plain:3129/");

        assertThat(rules().describe(SLACK)).isEqualTo("proxy http://secure:3128 (HTTPS_PROXY)");
        assertThat(rules().describe(PLAIN)).isEqualTo("proxy http://plain:3129 (http_proxy)");
    }

    @Test
    void theNameInUpperCaseIsUsedFirst() {
        environment.put("HTTPS_PROXY", "http://upper:1");
        environment.put("https_proxy", "http://lower:2");
        assertThat(rules().describe(SLACK)).contains("upper:1");

        environment.put("HTTPS_PROXY", "");
        assertThat(rules().describe(SLACK)).contains("lower:2");
    }

    @ParameterizedTest
    @CsvSource({
        "proxy, proxy, 80",
        "proxy:3128, proxy, 3128",
        "http://proxy.corp.example.com:8080/, proxy.corp.example.com, 8080",
        "HTTP://10.0.0.1:8080, 10.0.0.1, 8080",
        "http://[2001:db8::1]:3128, 2001:db8::1, 3128"
    })
    void anAddressMayLackSchemeAndPort(String text, String host, int port) {
        environment.put("HTTPS_PROXY", text);

        assertThat(rules().proxyFor(SLACK)).isEqualTo(new ProxyRules.Proxy(host, port, null, null, "HTTPS_PROXY"));
    }

    @Test
    void userAndPasswordAreDecodedAndNeverShown() {
        environment.put("HTTPS_PROXY", "http://svc%40corp:p%40ss%3Aw+rd@proxy:3128");

        ProxyRules.Proxy proxy = rules().proxyFor(SLACK);

        assertThat(proxy.user()).isEqualTo("svc@corp");
        assertThat(proxy.password()).isEqualTo("p@ss:w+rd");
        assertThat(rules().describe(SLACK) + rules() + proxy)
                .contains("http://***@proxy:3128")
                .doesNotContain("svc", "ss:w", "ss%3Aw");
        assertThat(rules().secrets()).contains("p@ss:w+rd");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://proxy:3128",
                "socks5://proxy:1080",
                "http://",
                "http://user:hunter2@",
                "http://user:hunter@2@proxy:3128",
                "http://user:hunter2#@proxy:3128",
                "http://proxy:port",
                "http://proxy:0",
                "http://proxy:70000",
                "http://proxy:3128/path",
                "http://proxy:3128?hunter2",
                "http://user:hunter2%zz@proxy:3128",
                "proxy host:3128",
                "::"
            })
    void anotherTextIsAConfigurationErrorThatDoesNotShowIt(String text) {
        environment.put("HTTPS_PROXY", text);

        assertThat(rules().proxyFor(SLACK)).isNull();
        assertThat(problems.list()).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.toString())
                    .contains("HTTPS_PROXY", "must be http://host:port")
                    .doesNotContain("hunter");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *                        | https://slack.com/               | true
            slack.com                | https://slack.com/               | true
            slack.com                | https://SLACK.com./              | true
            SLACK.COM                | https://slack.com/               | true
            slack.com                | https://files.slack.com/         | true
            slack.com                | https://myslack.com/             | false
            .slack.com               | https://files.slack.com/         | true
            .slack.com               | https://slack.com/               | true
            *.slack.com              | https://files.slack.com/         | true
            .slack.com               | https://myslack.com/             | false
            ack.com                  | https://slack.com/               | false
            a.com, slack.com         | https://slack.com/               | true
            a.com,,slack.com,        | https://slack.com/               | true
            a.com slack.com          | https://slack.com/               | true
            slack.com:443            | https://slack.com/               | true
            slack.com:8443           | https://slack.com/               | false
            slack.com:8443           | https://slack.com:8443/          | true
            10.1.2.3                 | https://10.1.2.3/                | true
            10.1.2.3                 | https://10.1.2.33/               | false
            10.1.2.3:443             | https://10.1.2.3/                | true
            10.1.2.3:80              | https://10.1.2.3/                | false
            10.0.0.0/8               | https://10.200.0.1/              | true
            10.0.0.0/8               | https://11.0.0.1/                | false
            10.0.0.0/8               | https://10.example.com/          | false
            2001:db8::1              | https://[2001:db8::1]/           | true
            [2001:db8::1]            | https://[2001:db8:0:0::1]/       | true
            [2001:db8::1]:443        | https://[2001:db8::1]/           | true
            [2001:db8::1]:80         | https://[2001:db8::1]/           | false
            2001:db8::/32            | https://[2001:db8:ffff::1]/      | true
            2001:db8::/32            | https://[2001:db9::1]/           | false""")
    void noProxyNamesTheHostsThatAreCalledDirectly(String list, String url, boolean direct) {
        environment.put("HTTPS_PROXY", "http://proxy:3128");
        environment.put("no_proxy", list);

        assertThat(describe(url)).isEqualTo(direct ? "direct (no_proxy)" : "proxy http://proxy:3128 (HTTPS_PROXY)");
        assertThat(problems.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "http://slack.com", "slack.com/api", "*slack", "a..b", "[::1"})
    void anEntryThatMatchesNothingIsAWarning(String entry) {
        environment.put("NO_PROXY", "a.com," + entry);

        rules();

        assertThat(problems.list()).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isFalse();
            assertThat(problem.toString()).contains("NO_PROXY", entry, "matches no host");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:9000/api/",
                "https://LOCALHOST/",
                "http://slack.localhost/",
                "http://localhost./",
                "http://127.0.0.1:9000/",
                "http://127.9.9.9/",
                "http://[::1]:9000/",
                "http://[0:0:0:0:0:0:0:1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://0.0.0.0:9000/",
                "http://[::]/"
            })
    void thisHostNeverGoesToAProxy(String url) {
        environment.put("HTTPS_PROXY", "http://proxy:3128");
        environment.put("HTTP_PROXY", "http://proxy:3128");
        properties.put("http.nonProxyHosts", "elsewhere");

        assertThat(describe(url)).isEqualTo("direct (this host)");
    }

    @Test
    void aPropertyOfJavaReplacesTheVariableOfTheSameMeaning() {
        environment.put("HTTPS_PROXY", "http://environment:1");
        environment.put("HTTP_PROXY", "http://environment:1");
        environment.put("NO_PROXY", "slack.com");
        properties.put("https.proxyHost", "property");
        properties.put("https.proxyPort", "3128");
        properties.put("https.proxyUser", "svc");
        properties.put("https.proxyPassword", "hunter2");

        assertThat(rules().describe(SLACK)).isEqualTo("direct (NO_PROXY)");
        assertThat(rules().describe(PLAIN)).isEqualTo("proxy http://environment:1 (HTTP_PROXY)");
        properties.put("http.nonProxyHosts", "*.internal|10.*");
        assertThat(rules().describe(SLACK)).isEqualTo("proxy http://***@property:3128 (-Dhttps.proxyHost)");
        assertThat(rules().secrets()).contains("hunter2");
        assertThat(describe("https://pod.internal/")).isEqualTo("direct (-Dhttp.nonProxyHosts)");
        assertThat(describe("https://10.1.1.1/")).isEqualTo("direct (-Dhttp.nonProxyHosts)");
    }

    @Test
    void aPropertyThatIsNoAddressIsAConfigurationError() {
        properties.put("https.proxyHost", "http://proxy");
        properties.put("http.proxyHost", "proxy");
        properties.put("http.proxyPort", "abc");

        rules();

        assertThat(problems.list())
                .extracting(Problem::where)
                .containsExactlyInAnyOrder("-Dhttps.proxyHost", "-Dhttp.proxyPort");
        assertThat(problems.list()).allMatch(Problem::isError);
    }
}
