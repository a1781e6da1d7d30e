package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The options of Camel's components for outgoing calls. */
class HttpComponentsTest {

    private static Map<String, String> options(String component) throws IOException {
        Properties all = new Properties();
        try (InputStream in = HttpComponentsTest.class.getResourceAsStream("/application.properties")) {
            all.load(in);
        }
        String prefix = "camel.component." + component + ".";
        Map<String, String> options = new TreeMap<>();
        all.stringPropertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> options.put(name.substring(prefix.length()), all.getProperty(name)));
        return options;
    }

    @Test
    void httpsHasTheOptionsOfHttp() throws IOException {
        assertThat(options("https"))
                .isEqualTo(options("http"))
                .containsEntry("http-client-configurer", "#outboundPolicy")
                .containsEntry("client-connection-manager", "#httpConnections")
                .containsEntry("follow-redirects", "false");
    }
}
