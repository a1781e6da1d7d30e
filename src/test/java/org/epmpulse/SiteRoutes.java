package org.epmpulse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A routes folder with the shipped routes and those of a test. */
final class SiteRoutes {

    /** A route that fails each {@code POST /site/fail} with the body of the request as its message. */
    private static final String FAILING = """
            - route:
                id: site-fail
                from:
                  uri: platform-http:/site/fail
                  parameters:
                    httpMethodRestrict: POST
                  steps:
                    - throwException:
                        exceptionType: java.lang.IllegalStateException
                        message: "${body}"
            """;

    private final Path routes;

    /** Copies the shipped routes of the checkout. */
    SiteRoutes(Path folder) throws IOException {
        routes = folder.resolve("routes");
        Files.createDirectories(routes.resolve("site"));
        try (var shipped = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
    }

    /** The folder for {@code EPMPULSE_ROUTES_DIR}. */
    Path folder() {
        return routes;
    }

    SiteRoutes add(String name, String yaml) throws IOException {
        Files.writeString(routes.resolve("site").resolve(name + ".camel.yaml"), yaml);
        return this;
    }

    SiteRoutes addFailing() throws IOException {
        return add("site-fail", FAILING);
    }
}
