package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyConfiguration;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.ExplicitCamelContextNameStrategy;
import org.junit.jupiter.api.Test;

/** Compares the metrics of routes with those of Camel's own policy. */
class RouteMetricsTest {

    private static final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:outer").routeId("outer").to("direct:inner");
            from("direct:inner").routeId("inner").setBody(constant("done"));
            from("direct:fails").routeId("fails").throwException(new IllegalStateException("wanted"));
            from("direct:handles")
                    .routeId("handles")
                    .onException(IllegalStateException.class)
                    .handled(true)
                    .end()
                    .throwException(new IllegalStateException("wanted"));
        }
    }

    private interface Policy {
        void addTo(CamelContext context, MeterRegistry meters);
    }

    /** The number of calls by name and tags. */
    private static Map<String, Double> counts(MeterRegistry meters) {
        Map<String, Double> counts = new TreeMap<>();
        for (Meter meter : meters.getMeters()) {
            String id = meter.getId().getName()
                    + meter.getId().getTags()
                    + meter.getId().getDescription();
            if (meter instanceof Timer timer) {
                counts.put(id, (double) timer.count());
            } else if (meter instanceof Counter counter) {
                counts.put(id, counter.count());
            }
        }
        return counts;
    }

    private static Map<String, Double> measured(Policy policy, String removed) throws Exception {
        MeterRegistry meters = new SimpleMeterRegistry();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.setNameStrategy(new ExplicitCamelContextNameStrategy("test"));
            policy.addTo(context, meters);
            context.addRoutes(new Routes());
            context.start();
            ProducerTemplate producer = context.createProducerTemplate();
            for (String endpoint : new String[] {"direct:outer", "direct:outer", "direct:fails", "direct:handles"}) {
                producer.send(endpoint, exchange -> exchange.getMessage().setBody("x"));
            }
            context.getRouteController().stopRoute(removed);
            context.removeRoute(removed);
            return counts(meters);
        }
    }

    private static void addCamels(CamelContext context, MeterRegistry meters) {
        MicrometerRoutePolicyFactory camels = new MicrometerRoutePolicyFactory();
        camels.setMeterRegistry(meters);
        MicrometerRoutePolicyConfiguration configuration = new MicrometerRoutePolicyConfiguration();
        configuration.setContextEnabled(false);
        camels.setPolicyConfiguration(configuration);
        context.addRoutePolicyFactory(camels);
    }

    @Test
    void theSeriesAreThoseOfCamelsPolicy() throws Exception {
        Map<String, Double> ours = measured(RouteMetrics::addTo, "outer");

        assertThat(ours).isEqualTo(measured(RouteMetricsTest::addCamels, "outer"));
        assertThat(ours).hasSize(3 * 6);
        assertThat(String.join("", ours.keySet())).doesNotContain("outer");
    }
}
