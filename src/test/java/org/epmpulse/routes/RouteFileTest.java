package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.http.EventLoopPolicy;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules for a site's files that Camel does not enforce. */
class RouteFileTest {

    private static final Path PATH = Path.of("routes/site/inbox-read.camel.yaml");

    private static final String ROUTE = """
            - route:
                id: inbox-read
                routePolicy: %s
                from:
                  uri: direct:inbox-read
                  steps:
                    - stop: {}
            """;

    private static final String TEMPLATE = """
            - routeTemplate:
                id: inbox
                parameters:
                  - name: policy
                route:
                  routePolicy: "{{policy}}"
                  from:
                    uri: direct:inbox-read
                    steps:
                      - stop: {}
            - templatedRoute:
                routeTemplateRef: inbox
                routeId: inbox-read
                parameters:
                  - name: policy
                    value: eventLoop
            """;

    @AutoClose
    private final CamelContext context = new DefaultCamelContext();

    @BeforeEach
    void bindPolicies() {
        context.getRegistry().bind(EventLoopPolicy.NAME, new EventLoopPolicy());
        context.getPropertiesComponent().addInitialProperty("site.policy", "eventLoop");
    }

    private void add(String yaml, boolean ofSite) {
        RouteFile.add(List.of(new RouteFile(PATH, yaml, ofSite)), context);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eventLoop", "'#eventLoop'", "other, eventLoop", "'{{site.policy}}'"})
    void aRouteOfASiteCannotUseTheEventLoop(String policy) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> add(ROUTE.formatted(policy), true))
                .satisfies(exception -> assertThat(exception.problems())
                        .singleElement()
                        .satisfies(problem -> {
                            assertThat(problem.where()).isEqualTo(PATH.toString());
                            assertThat(problem.message())
                                    .startsWith("route inbox-read must not use routePolicy eventLoop");
                        }));
    }

    @Test
    void aTemplateOfASiteCannotUseTheEventLoop() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> add(TEMPLATE, true))
                .withMessageContaining("inbox-read.camel.yaml")
                .withMessageContaining("must not use routePolicy eventLoop");
    }

    @Test
    void aShippedRouteCanUseTheEventLoop() {
        add(ROUTE.formatted("eventLoop"), false);

        assertThat(RouteFile.definitions(context)).hasSize(1);
    }
}
