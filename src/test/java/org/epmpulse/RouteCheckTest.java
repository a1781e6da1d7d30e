package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.Problem;
import org.epmpulse.config.Variables;
import org.epmpulse.routes.RouteCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} says about routes that the service would refuse to start with. */
class RouteCheckTest {

    private static final String CLAIMS_EVENT_LOOP = """
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

    @Test
    void aRouteOfASiteThatClaimsTheEventLoopIsRefused() throws Exception {
        Path routes = folder.resolve("routes");
        Path site = Files.createDirectories(routes.resolve("site"));
        try (DirectoryStream<Path> shipped = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        assertThat(check()).isEmpty();

        Path file = Files.writeString(site.resolve("site-slow.camel.yaml"), CLAIMS_EVENT_LOOP);

        assertThat(check()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo(file.toString());
            assertThat(problem.message()).startsWith("route site-slow must not name routePolicy eventLoop");
        });
    }
}
