package org.epmpulse.slack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.epmpulse.RecordedLog;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.slack.SlackAppClient;
import org.epmpulse.threads.ServiceThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The connection of Socket Mode against a simulated Slack. */
class SlackSocketTest {

    private static final CallMatcher OPEN = CallMatcher.method("apps.connections.open");

    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestingActivity activity = new TestingActivity(1);
    private final List<String> processed = new CopyOnWriteArrayList<>();
    private SlackSocket socket;

    /** Long, so that a slow machine does not look like a connection that hangs. */
    private Duration ping = Duration.ofSeconds(20);

    private Duration lasting = Duration.ZERO;
    private Duration retry = Duration.ofMillis(20);

    private void start(String token, Consumer<SocketFrame> requests) {
        socket = new SlackSocket(
                new SlackAppClient(token, slack.apiUrl(), ProxyRules.DIRECT),
                ProxyRules.DIRECT,
                activity,
                requests,
                meters,
                new SlackSocket.Timing(ping, Duration.ofSeconds(5), Duration.ofMillis(20), lasting, retry));
        socket.start(new ServiceThreads(meters));
    }

    private void start() {
        start(slack.appToken(), frame -> processed.add(frame.envelopeId()));
        awaitConnection();
    }

    private void awaitConnection() {
        await().until(() -> slack.openSockets() == 1 && socket.health().equals("connected"));
    }

    @AfterEach
    void stop() {
        socket.close();
        slack.close();
    }

    private String command() {
        return slack.command("U0PERSON", "anna", "C1", "status");
    }

    private double counted(String result) {
        return meters.get("epmpulse.slack.socket.envelopes")
                .tag("result", result)
                .counter()
                .count();
    }

    private double connected() {
        return meters.get("epmpulse.slack.socket.connected").gauge().value();
    }

    @Test
    void anEnvelopeIsAcknowledgedBeforeItIsProcessed() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        start(slack.appToken(), frame -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            processed.add(frame.envelopeId());
        });
        awaitConnection();

        List<String> sent = List.of(command(), command());

        await().untilAsserted(() -> assertThat(slack.acknowledgedEnvelopes()).isEqualTo(sent));
        assertThat(processed).isEmpty();
        gate.countDown();
        await().untilAsserted(() -> assertThat(processed).isEqualTo(sent));
        assertThat(connected()).isEqualTo(1);
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aRepeatedEnvelopeIsAcknowledgedAndProcessedOnce() {
        start();
        String first = command();
        slack.repeatEnvelope(first);
        String second = command();

        await().untilAsserted(() -> assertThat(processed).containsExactly(first, second));
        await().untilAsserted(() -> assertThat(slack.acknowledgedEnvelopes()).containsExactly(first, first, second));
        await().untilAsserted(() -> assertThat(counted("repeated")).isEqualTo(1));
        await().untilAsserted(() -> assertThat(counted("accepted")).isEqualTo(2));
    }

    @Test
    void whatSlackDoesNotDocumentIsIgnored() {
        start();
        slack.sendFrame("no JSON");
        slack.sendFrame("[]");
        slack.sendFrame("{\"type\":\"slash_commands\",\"envelope_id\":7,\"payload\":{}}");
        slack.sendFrame("{\"type\":\"slash_commands\",\"envelope_id\":\"\",\"payload\":{}}");
        slack.sendFrame("{\"type\":\"something_new\"}");
        String sent = command();

        await().untilAsserted(() -> assertThat(processed).containsExactly(sent));
        assertThat(counted("malformed")).isEqualTo(4);
        assertThat(slack.socketConnections()).isEqualTo(1);
    }

    @Test
    void anotherConnectionIsOpenedBeforeSlackClosesThisOne() {
        start();
        slack.announceDisconnect("refresh_requested");
        await().until(() -> slack.socketConnections() == 2);
        awaitConnection();
        String sent = command();

        await().untilAsserted(() -> assertThat(processed).containsExactly(sent));
        assertThat(slack.calls("apps.connections.open")).hasSize(2);
    }

    @Test
    void aClosedConnectionIsOpenedAgain() {
        start();
        slack.closeSockets();
        await().until(() -> slack.socketConnections() == 2);
        awaitConnection();
        String sent = command();

        await().untilAsserted(() -> assertThat(processed).containsExactly(sent));
    }

    @Test
    void aConnectionThatEndsSoonIsNotReplacedAtOnce() {
        lasting = Duration.ofHours(1);
        retry = Duration.ofHours(1);
        try (RecordedLog log = new RecordedLog(SlackSocket.class.getName(), Level.WARN)) {
            start();
            slack.closeSockets();

            await().until(() ->
                    log.messages().stream().anyMatch(line -> line.contains("closed the last connection soon")));
        }
        assertThat(slack.socketConnections()).isEqualTo(1);
    }

    @Test
    void aConnectionThatHangsIsReplaced() {
        ping = Duration.ofMillis(500);
        start();
        slack.freezeSockets();
        await().until(() -> slack.socketConnections() == 2);
        awaitConnection();
        String sent = command();

        await().untilAsserted(() -> assertThat(processed).containsExactly(sent));
    }

    @Test
    void onlyTheActiveNodeIsConnected() {
        start();
        activity.set(0);

        await().until(() -> slack.openSockets() == 0);
        await().until(() -> socket.health().equals("not_active"));
        assertThat(connected()).isZero();
        activity.set(2);
        awaitConnection();
    }

    @Test
    void aRefusedTokenIsAnErrorAndAnOutageIsNone() {
        start("xapp-wrong", frame -> processed.add(frame.envelopeId()));
        await().until(() -> socket.health().startsWith("error: invalid_auth"));
        socket.close();

        slack.fail(OPEN, new Fault.Response(503, Map.of(), ""), 2);
        start();

        assertThat(socket.health()).isEqualTo("connected");
    }
}
