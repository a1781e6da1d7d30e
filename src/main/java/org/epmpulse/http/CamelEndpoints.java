package org.epmpulse.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Lists the paths that Camel's routes handle.
 *
 * <p>Read from the routes, because {@code PlatformHttpComponent.getHttpEndpoints()} has one endpoint per path and
 * misses the second route of a path, such as GET and POST of {@code /api/v1/status}.
 */
final class CamelEndpoints {

    private CamelEndpoints() {}

    static List<Endpoint> of(CamelContext context, EventLoopEngine engine) {
        return context.getRoutes().stream()
                .flatMap(route -> endpoint(route, engine))
                .toList();
    }

    private static Stream<Endpoint> endpoint(Route route, EventLoopEngine engine) {
        Consumer consumer = route.getConsumer();
        if (!(consumer.getEndpoint() instanceof PlatformHttpEndpoint http)) {
            return Stream.empty();
        }
        boolean prefix = http.isMatchOnUriPrefix() && !http.getPath().endsWith("*");
        String path = http.getPath() + (prefix ? "*" : "");
        return Stream.of(new Endpoint(
                PathTemplate.of(path),
                list(http.getHttpMethodRestrict())
                        .map(method -> method.toUpperCase(Locale.ROOT))
                        .collect(Collectors.toSet()),
                list(http.getConsumes()).toList(),
                EndpointPolicies.of(path),
                () -> consumer instanceof StatefulService service && service.isSuspended(),
                signature(route),
                engine.handler(http)));
    }

    /** Null if its requests need a key. */
    private static @Nullable BodySignature signature(Route route) {
        return route.getRoutePolicyList().stream()
                .filter(SignedBodyPolicy.class::isInstance)
                .map(policy -> ((SignedBodyPolicy) policy).signature())
                .findFirst()
                .orElse(null);
    }

    private static Stream<String> list(@Nullable String commaSeparated) {
        return commaSeparated == null
                ? Stream.empty()
                : Arrays.stream(commaSeparated.split(",")).map(String::strip).filter(text -> !text.isEmpty());
    }
}
