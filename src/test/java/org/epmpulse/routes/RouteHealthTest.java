package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.logging.log4j.Level;
import org.epmpulse.FreePort;
import org.epmpulse.RecordedLog;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of routes of a site that fail. */
@Isolated("records the log of all classes")
class RouteHealthTest {

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private volatile Instant now = Instant.parse("2026-03-31T12:00:00.123Z");
    private RouteHealth health;

    @AutoClose
    private final CamelContext context = new DefaultCamelContext();

    @AutoClose
    private final RecordedLog errors = new RecordedLog("org.epmpulse.routes", Level.ERROR);

    /** Of a file; its routes count the failures that they handle. */
    private static final String HANDLED_FAILURES = """
            - onException:
                exception:
                  - java.lang.Exception
                handled:
                  constant:
                    expression: "true"
                steps:
                  - bean:
                      ref: handled
                      method: incrementAndGet
            """;

    private final AtomicInteger handledFailures = new AtomicInteger();

    private volatile boolean failing = true;

    @BeforeEach
    void start() throws Exception {
        health = new RouteHealth(folder, () -> now, meters);
        health.addTo(context);
        context.getRegistry().bind("target", new Target());
        context.getRegistry().bind("handled", handledFailures);
        context.start();
    }

    /** Fails while the test says so. */
    public final class Target {

        private final AtomicInteger calls = new AtomicInteger();

        public void accept(String body) {
            calls.incrementAndGet();
            if (failing) {
                throw new IllegalStateException("the target refuses " + body);
            }
        }
    }

    private void site(String yaml) throws IOException {
        Path file = Files.createDirectories(folder.resolve("site")).resolve("mine.camel.yaml");
        Files.writeString(file, yaml);
        RouteFile.add(List.of(RouteFile.read(file, true)), context);
    }

    private static String route(String from, String head) {
        return """
            - route:
                id: mine
            %s    from:
                  uri: %s
                  steps:
                    - bean:
                        ref: target
                        method: accept(${body})
            """.formatted(head.indent(4), from);
    }

    private void send(String uri, String body) {
        try {
            context.createFluentProducerTemplate().withBody(body).to(uri).send();
        } catch (RuntimeException e) {
            throw new IllegalStateException(e);
        }
    }

    private double gauge() {
        return meters.get("epmpulse.route.failing").tag("route", "mine").gauge().value();
    }

    private void awaitProblem(String problem) {
        await().untilAsserted(() -> assertThat(health.problem()).isEqualTo(problem));
    }

    @Test
    void aRouteFailsFromItsFirstFailureToTheNextSuccess() throws Exception {
        site(route("seda:in", ""));
        assertThat(health.problem()).isNull();
        assertThat(gauge()).isZero();

        send("seda:in", "1");
        awaitProblem("mine since 2026-03-31T12:00:00Z");
        await().until(() -> errors.messages().size() == 1);
        now = now.plusSeconds(90);
        send("seda:in", "2");
        await().until(() -> errors.messages().size() == 2);
        assertThat(health.problem()).isEqualTo("mine since 2026-03-31T12:00:00Z");
        assertThat(gauge()).isOne();

        failing = false;
        send("seda:in", "3");
        awaitProblem(null);
        assertThat(gauge()).isZero();
    }

    @Test
    void equalFailuresAreOneLineAMinute() throws Exception {
        site(route("seda:in", ""));

        for (int i = 0; i < 115; i++) {
            send("seda:in", Integer.toString(i));
        }
        // The last failure is counted after its message is not in flight any more.
        await().during(Duration.ofMillis(300))
                .until(() -> context.getInflightRepository().size() == 0
                        && context.getEndpoint("seda:in", org.apache.camel.component.seda.SedaEndpoint.class)
                                .getExchanges()
                                .isEmpty());
        now = now.plusSeconds(61);
        send("seda:in", "115");

        await().until(() -> errors.messages().size() == 2);
        String where = folder.resolve("site/mine.camel.yaml") + ", route mine: processing failed: ";
        assertThat(errors.messages().get(0)).isEqualTo(where + "the target refuses 0");
        assertThat(errors.messages().get(1)).isEqualTo(where + "the target refuses 115; 115 times since the last line");
    }

    @Test
    void aFailureThatTheRouteHandlesIsNone() throws Exception {
        site(route("seda:in", """
            errorHandler:
              deadLetterChannel:
                deadLetterUri: mock:dead
            """));
        var dead = context.getEndpoint("mock:dead", org.apache.camel.component.mock.MockEndpoint.class);

        send("seda:in", "1");

        dead.expectedMessageCount(1);
        dead.assertIsSatisfied();
        await().during(Duration.ofMillis(200)).until(() -> health.problem() == null);
        assertThat(errors.messages()).isEmpty();
    }

    @Test
    void aDeadLetterThatFailsIsAFailureOfOneLine() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        site(route("seda:in", """
            errorHandler:
              deadLetterChannel:
                deadLetterUri: http://127.0.0.1:%d/dead
            """.formatted(port)));

        send("seda:in", "1");
        send("seda:in", "2");

        awaitProblem("mine since 2026-03-31T12:00:00Z");
        await().during(Duration.ofMillis(500)).until(() -> errors.messages().size() == 1);
        assertThat(errors.messages().get(0)).contains("route mine", "handling a failure failed: ", "refused");
    }

    @Test
    void aSourceThatCannotBeReadIsAFailureOfOneLine() throws Exception {
        failing = false;
        Path inbox = folder.resolve("inbox");
        site(route("file:" + inbox + "?autoCreate=false&directoryMustExist=true&delay=10&initialDelay=0", ""));

        awaitProblem("mine since 2026-03-31T12:00:00Z");
        await().during(Duration.ofMillis(300)).until(() -> errors.messages().size() == 1);
        assertThat(errors.messages().get(0)).contains("route mine: source failed: ");

        Files.createDirectory(inbox);
        awaitProblem(null);
    }

    @ParameterizedTest
    @CsvSource({"'', false", "&bridgeErrorHandler=true, false", "&bridgeErrorHandler=true, true"})
    void aServerThatCannotBeReachedIsAFailureUntilItsFilesAreListed(String option, boolean handled) throws Exception {
        int port = FreePort.find();
        String uri = "ftp:x@127.0.0.1:" + port + "?password=y&passiveMode=true&delay=20&initialDelay=0" + option;

        site((handled ? HANDLED_FAILURES : "") + route(uri, ""));

        awaitProblem("mine since 2026-03-31T12:00:00Z");
        await().during(Duration.ofMillis(300)).until(() -> errors.messages().size() == 1);
        assertThat(errors.messages().get(0)).contains("route mine: source failed: ", "Connection refused");
        assertThat(gauge()).isOne();
        await().until(() -> (handledFailures.get() > 0) == handled);

        try (TestingFtpServer server = new TestingFtpServer(port)) {
            awaitProblem(null);
            assertThat(gauge()).isZero();
        }
        awaitProblem("mine since 2026-03-31T12:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&bridgeErrorHandler=true"})
    void aMailServerThatCannotBeReachedIsAFailureUntilItsMailIsListed(String option) throws Exception {
        int port = FreePort.find();
        site(route("imap:127.0.0.1:" + port + "?username=x&password=y&delay=20&initialDelay=0" + option, ""));

        awaitProblem("mine since 2026-03-31T12:00:00Z");

        ServerSetup setup = new ServerSetup(port, "127.0.0.1", "imap");
        setup.setServerStartupTimeout(Duration.ofMinutes(1).toMillis());
        GreenMail server = new GreenMail(setup);
        try {
            server.setUser("x@example.com", "x", "y");
            server.start();
            awaitProblem(null);
        } finally {
            server.stop();
        }
    }

    @Test
    void aRouteThatIsCalledIsLeftToItsCaller() throws Exception {
        site(route("direct:in", ""));

        send("direct:in", "1");

        assertThat(errors.messages()).hasSize(1);
        assertThat(health.problem()).isNull();
    }

    @Test
    void aRouteThatIsRemovedFailsNoMore() throws Exception {
        site(route("seda:in", ""));
        send("seda:in", "1");
        awaitProblem("mine since 2026-03-31T12:00:00Z");

        context.getRouteController().stopRoute("mine");
        context.removeRoute("mine");

        assertThat(health.problem()).isNull();
        assertThat(meters.find("epmpulse.route.failing").gauge()).isNull();
    }
}
