package org.epmpulse.bench;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.dataformat.JsonLibrary;

/** Camel routes that only parse and return JSON: the cost of Camel and HTTP alone. */
public final class BareRoute {

    private BareRoute() {}

    /**
     * Listens until the process is stopped.
     *
     * @param arguments port, and the body returned for GET
     */
    public static void main(String[] arguments) throws Exception {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("127.0.0.1");
        configuration.setBindPort(Integer.parseInt(arguments[0]));
        String board = arguments[1];
        CamelContext context = new DefaultCamelContext();
        context.setStreamCaching(false);
        context.addService(new VertxPlatformHttpServer(configuration));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/health").setBody(constant("{}"));
                from("platform-http:/api/v1/status?httpMethodRestrict=POST")
                        .unmarshal()
                        .json(JsonLibrary.Jackson, Map.class)
                        .process(exchange -> exchange.getMessage()
                                .setBody(Map.of(
                                        "success",
                                        true,
                                        "data",
                                        exchange.getMessage().getBody(Map.class))))
                        .marshal()
                        .json(JsonLibrary.Jackson)
                        .convertBodyTo(String.class)
                        .removeHeaders("*")
                        .setHeader("Content-Type", constant("application/json"));
                from("platform-http:/api/v1/status?httpMethodRestrict=GET")
                        .setBody(constant(board))
                        .removeHeaders("*")
                        .setHeader("Content-Type", constant("application/json"));
            }
        });
        context.start();
        Thread.currentThread().join();
    }
}
