package org.epmpulse.routes;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Registry;
import org.epmpulse.config.KeyStrength;
import org.epmpulse.http.BodySignature;
import org.epmpulse.http.EndpointPolicies;
import org.epmpulse.http.SignedBodyPolicy;
import org.jspecify.annotations.Nullable;

/** Creates the policy of each route with {@code routePolicy: hmac:NAME}. */
final class SignedRoutes {

    private static final String SCHEME = "platform-http:";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private SignedRoutes() {}

    /**
     * Binds the policy of a route, if it has one.
     *
     * @param policies names of the route's policies, separated by commas
     * @param resolve replaces placeholders
     * @return why the route cannot have it; otherwise null
     */
    static @Nullable String bind(
            RouteDefinition route, String policies, UnaryOperator<String> resolve, Registry registry) {
        List<String> signed = Arrays.stream(policies.split(","))
                .map(String::strip)
                .filter(policy -> policy.startsWith(BodySignature.PREFIX))
                .toList();
        if (signed.isEmpty()) {
            return null;
        }
        String variable = signed.get(0).substring(BodySignature.PREFIX.length());
        String secret = NAME.matcher(variable).matches() ? resolve.apply("{{env:" + variable + ":}}") : "";
        String problem = problem(resolve.apply(route.getInput().getEndpointUri()), signed.size(), variable, secret);
        if (problem == null) {
            registry.bind(signed.get(0), new SignedBodyPolicy(new BodySignature(variable, secret)));
        }
        return problem;
    }

    private static @Nullable String problem(String uri, int policies, String variable, String secret) {
        String path = uri.startsWith(SCHEME)
                ? uri.substring(SCHEME.length()).split("\\?", 2)[0].replaceFirst("^/*", "/")
                : "";
        if (path.isEmpty() || EndpointPolicies.of(path).builtIn()) {
            return "hmac: is for a route that begins with " + SCHEME + " and a path outside of /api/v1/";
        }
        if (policies > 1) {
            return "only one hmac: may be given";
        }
        if (!NAME.matcher(variable).matches()) {
            return "hmac: must have the name of a variable with the secret, such as hmac:GITHUB_WEBHOOK_SECRET";
        }
        if (secret.isEmpty()) {
            return variable + " is not set (set it in .env or in the environment)";
        }
        return KeyStrength.isWeak(secret)
                ? variable + " is a weak secret: must be at least " + KeyStrength.MIN_LENGTH
                        + " characters (create one with \"openssl rand -hex 32\")"
                : null;
    }
}
