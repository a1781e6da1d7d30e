package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.epmpulse.config.Variables;
import org.epmpulse.routes.RouteCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The problems that {@code check} reports for routes with which the service does not start. */
class RouteCheckTest {

    private static final String USES_EVENT_LOOP = """
            - route:
                id: site-slow
                routePolicy: eventLoop
                from:
                  uri: platform-http:/site/slow
                  steps:
                    - stop: {}
            """;

    @TempDir
    private Path folder;

    private List<Problem> check() throws Exception {
        Path apps = Files.writeString(
                folder.resolve("apps.json"), "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"]}}}");
        Map<String, String> settings =
                Map.of("EPMPULSE_APPS_CONFIG", apps.toString(), "EPMPULSE_ROUTES_DIR", folder + "/routes");
        return new RouteCheck(Beans::bindUnstarted)
                .run(Configuration.load(folder, Variables.of(settings, Map.of()))
                        .orThrow());
    }

    /** A copy of the shipped routes; returns the site's folder. */
    private Path copyRoutes() throws IOException {
        Path routes = folder.resolve("routes");
        Path site = Files.createDirectories(routes.resolve("site"));
        try (DirectoryStream<Path> shipped = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        return site;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"alerts:slack", "alerts:slack?concurrentConsumers=3", "canvas-edits:publish", "epm-polls:jobs"})
    void aSecondRouteOfASourceOfWorkIsRejected(String uri) throws Exception {
        String route =
                USES_EVENT_LOOP.replace("    routePolicy: eventLoop\n", "").replace("platform-http:/site/slow", uri);
        Files.writeString(copyRoutes().resolve("site-slow.camel.yaml"), route);

        assertThat(check()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("route site-slow");
            assertThat(problem.message()).startsWith("reads from " + uri.split("\\?")[0] + ", as route ");
        });
        try (TestingEpmPulse epmPulse =
                new TestingEpmPulse(folder, "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"]}}}")) {
            epmPulse.settings.put("EPMPULSE_ROUTES_DIR", folder + "/routes");
            assertThatThrownBy(epmPulse::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("route site-slow: reads from ");
        }
    }

    @Test
    void aRouteOfASiteThatUsesTheEventLoopIsRejected() throws Exception {
        Path site = copyRoutes();
        assertThat(check()).isEmpty();

        Path file = Files.writeString(site.resolve("site-slow.camel.yaml"), USES_EVENT_LOOP);

        assertThat(check()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo(file.toString());
            assertThat(problem.message()).startsWith("route site-slow must not use routePolicy eventLoop");
        });
    }
}
