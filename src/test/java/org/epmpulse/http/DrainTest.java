package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.epmpulse.http.RawConnection.RawReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The server during the stop delay: every request is accepted, and its connection closed. */
class DrainTest {

    private static final String UPDATE = "{\"app\":\"FCCS\",\"status\":\"OK\"}";

    @AutoClose
    private final TestingApi api = new TestingApi();

    private final List<RawConnection> connections = new ArrayList<>();

    @AfterEach
    void disconnect() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = new RawConnection(api);
        connections.add(connection);
        return connection;
    }

    private static RawReply get(RawConnection connection, String path) throws IOException {
        connection.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + READ_KEY + "\r\n\r\n");
        return connection.readReply();
    }

    private static RawReply post(RawConnection connection, String body) throws IOException {
        connection.send("POST /api/v1/status HTTP/1.1\r\nHost: x\r\nX-API-Key: " + WRITE_KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return connection.readReply();
    }

    /** Connections that have had a reply already and stay open. */
    private List<RawConnection> idle(int count) throws IOException {
        List<RawConnection> idle = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawConnection connection = connect();
            assertThat(get(connection, "/api/v1/jobs").headers()).doesNotContainKey("connection");
            idle.add(connection);
        }
        return idle;
    }

    @Test
    void everyIdleConnectionGetsOneMoreReplyAndIsClosed() throws Exception {
        List<RawConnection> idle = idle(8);

        api.server.drain();

        for (int i = 0; i < idle.size(); i++) {
            RawReply reply = i % 2 == 0 ? post(idle.get(i), UPDATE) : get(idle.get(i), "/api/v1/status");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers()).containsEntry("connection", "close");
            assertThat(idle.get(i).isClosed()).isTrue();
        }
        assertThat(api.store.entries()).hasSize(4);
    }

    @Test
    void newConnectionsAreAcceptedButTheNodeIsNotReady() throws Exception {
        api.server.drain();

        RawReply ready = get(connect(), "/health/ready");
        RawReply update = post(connect(), UPDATE);

        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.body()).contains("stopping");
        assertThat(update.status()).isEqualTo(200);
    }

    @Test
    void anErrorClosesItsConnectionToo() throws Exception {
        api.server.drain();
        RawConnection connection = connect();

        RawReply reply = post(connection, "{}");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.headers()).containsEntry("connection", "close");
        assertThat(connection.isClosed()).isTrue();
    }

    @RepeatedTest(20)
    void aLargeReplyArrivesWhole() throws Exception {
        RawReply before = get(connect(), "/api/v1/openapi.json");
        api.server.drain();

        RawConnection connection = RawConnection.withSmallBuffer(api);
        connections.add(connection);
        RawReply after = get(connection, "/api/v1/openapi.json");

        assertThat(after.body()).hasSizeGreaterThan(50_000).isEqualTo(before.body());
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void afterThePortWasClosedOnlyOpenConnectionsAreAnswered() throws Exception {
        List<RawConnection> idle = idle(2);
        api.server.drain();

        api.server.closePort();

        assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
        assertThat(post(idle.get(0), UPDATE).status()).isEqualTo(200);

        api.server.stopping();
        assertThat(post(idle.get(1), UPDATE).status()).isEqualTo(503);
    }
}
