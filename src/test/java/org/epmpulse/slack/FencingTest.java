package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Fence;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls to Slack of a node that is not the active one any more. */
class FencingTest {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final SlackClient client = new SlackClient(slack.botToken(), slack.apiUrl());

    private final TestingActivity activity = new TestingActivity(7);

    @BeforeEach
    void setUp() {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
    }

    private void isNotSent(ThrowingCallable call) {
        int before = slack.calls().size();
        assertThatThrownBy(call).isInstanceOfSatisfying(SlackUnavailableException.class, failure -> {
            assertThat(failure.isNotSent()).isTrue();
            assertThat(NotActiveException.isCauseOf(failure)).isTrue();
        });
        assertThat(slack.calls()).hasSize(before);
    }

    @Test
    void workOfTheActiveNodeReachesSlack() {
        Fence.run(activity, 7, () -> client.postMessage("CMAIN", "hello"));

        assertThat(slack.messages()).hasSize(1);
    }

    @Test
    void nothingReachesSlackAfterTheNodeHasBecomePassive() {
        // A kept connection, on which the next request could be written at once.
        Fence.run(activity, 7, () -> client.postMessage("CMAIN", "hello"));

        activity.set(0);

        isNotSent(() -> Fence.run(activity, 7, () -> client.postMessage("CMAIN", "again")));
        isNotSent(() -> Fence.run(activity, 7, () -> client.replaceCanvas("FMAIN", "# Board")));
        isNotSent(() -> Fence.run(activity, 7, () -> client.createChannelCanvas("CMAIN", "EPM status")));
        assertThat(slack.canvases()).hasSize(1);
    }

    @Test
    void workOfAnEarlierPeriodDoesNotReachSlackInALaterOne() {
        activity.set(9);

        isNotSent(() -> Fence.run(activity, 7, () -> client.postMessage("CMAIN", "old")));
    }

    @Test
    void aMessageThatIsNotWorkOfTheActiveNodeIsSentByAnyNode() {
        activity.set(0);

        client.postMessage("CMAIN", "from a route of a team");

        assertThat(slack.messages()).hasSize(1);
    }

    /** The node is paused while its connection is being opened, so after everything else was checked. */
    @Test
    void aPauseBeforeTheRequestIsWrittenSendsNothing() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch resumed = new CountDownLatch(1);
        Activity paused = new PausedActivity(asked, resumed);
        try (ServerSocket server = new ServerSocket(0);
                SlackClient stalled =
                        new SlackClient("token", URI.create("http://127.0.0.1:" + server.getLocalPort() + "/api/"))) {
            CompletableFuture<Void> call =
                    CompletableFuture.runAsync(() -> Fence.run(paused, 7, () -> stalled.postMessage("CMAIN", "hello")));
            try (Socket connection = server.accept()) {
                CompletableFuture<Integer> received = CompletableFuture.supplyAsync(() -> firstByte(connection));
                assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
                resumed.countDown();

                assertThatThrownBy(call::join).hasCauseInstanceOf(SlackUnavailableException.class);
                assertThat(received.join()).isEqualTo(-1);
            }
        }
    }

    /** -1 if the connection ends without one. */
    private static int firstByte(Socket connection) {
        try {
            return connection.getInputStream().read();
        } catch (SocketException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Is paused when the client asks, and not active any more when it goes on. */
    private record PausedActivity(CountDownLatch asked, CountDownLatch resumed) implements Activity {

        @Override
        public boolean active() {
            return epoch() != 0;
        }

        @Override
        public long epoch() {
            asked.countDown();
            try {
                resumed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return 0;
        }

        @Override
        public void onChange(Runnable listener) {
            throw new UnsupportedOperationException();
        }
    }
}
