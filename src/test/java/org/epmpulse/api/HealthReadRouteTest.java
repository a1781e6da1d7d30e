package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.http.Reply;
import org.epmpulse.http.TestingApi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The health that monitors read. */
class HealthReadRouteTest {

    @AutoClose
    private final TestingApi api = new TestingApi();

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/api/v1/health"})
    void aServiceWithoutProblemsIsHealthy(String path) {
        HttpResponse<String> reply = api.get(path);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body())
                .isEqualTo(
                        "{\"status\":\"healthy\",\"checks\":{\"state_file\":\"ok\","
                                + "\"slack_api\":\"not_configured\",\"epm_api\":\"not_configured\",\"routes\":\"ok\",\"last_update\":null}}");
    }

    @Test
    void theTimeOfTheLastUpdateIsShown() {
        api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}");

        assertThat(api.get("/health").body()).contains("\"last_update\":\"2026-02-16T14:30:00Z\"");
    }

    @Test
    void aStoreThatCannotWriteIsUnhealthy() {
        api.store.setProblem("disk full");

        HttpResponse<String> reply = api.get("/health");

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.body()).contains("\"status\":\"unhealthy\"", "\"state_file\":\"error: disk full\"");
    }

    @Test
    void aStateFileThatAloneCannotBeWrittenDegrades() {
        api.store.setStateFileProblem("the state file cannot be written: no space left");

        HttpResponse<String> reply = api.get("/health");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body())
                .contains(
                        "\"status\":\"degraded\"",
                        "\"state_file\":\"error: the state file cannot be written: no space");
        assertThat(api.post("{\"app\":\"FCCS\",\"status\":\"OK\"}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void aRouteOfTheSiteThatFailsDegrades() {
        Reply reply = new HealthReplies(
                        api.store,
                        () -> "connected",
                        () -> "ok",
                        () -> null,
                        () -> null,
                        () -> null,
                        () -> "ticket-write since 2026-03-31T12:00:00Z",
                        () -> null,
                        Nodes.NONE)
                .show();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(StandardCharsets.UTF_8.decode(reply.body()).toString())
                .contains("\"degraded\"", "\"routes\":\"error: ticket-write since 2026-03-31T12:00:00Z\"");
    }

    @Test
    void damageInQuarantineDegrades() {
        api.store.quarantine(2);

        HttpResponse<String> reply = api.get("/health");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).contains("\"status\":\"degraded\"", "\"quarantine\":\"error: 2 damaged");
    }

    @Test
    void problemsOfSlackEpmAndTheKeysFileDegrade() {
        assertThat(with("error: invalid_auth", "ok", null)).contains("degraded");
        assertThat(with("connected", "error: fccs timeout", null)).contains("degraded");
        assertThat(with("connected", "ok", "line 3")).contains("degraded", "\"keys_file\":\"error: line 3\"");
        assertThat(with("not_contacted", "ok", null)).contains("healthy").doesNotContain("keys_file");
    }

    @Test
    void aFailedThreadIsUnhealthy() {
        HealthReplies health = new HealthReplies(
                api.store,
                () -> "connected",
                () -> "ok",
                () -> null,
                () -> null,
                () -> "epmpulse-journal ended unexpectedly",
                Nodes.NONE);

        Reply reply = health.show();

        assertThat(reply.status()).isEqualTo(503);
        assertThat(StandardCharsets.UTF_8.decode(reply.body()).toString())
                .contains("\"unhealthy\"", "\"threads\":\"error: epmpulse-journal ended unexpectedly\"");
    }

    @Test
    void theStateOfEachNodeIsShown() {
        api.nodes.add(new Nodes.Node("b", Nodes.State.RUNNING, "2.1.0", "abc"));
        api.nodes.add(new Nodes.Node("a", Nodes.State.ACTIVE, "2.0.0", "abc"));

        HttpResponse<String> reply = api.get("/health");

        assertThat(reply.body())
                .startsWith("{\"status\":\"healthy\"")
                .endsWith(",\"nodes\":{\"a\":\"active\",\"b\":\"running\"}}")
                .doesNotContain("abc", "2.0.0");
    }

    @Test
    void nodesThatDifferInTheirConfigurationDegrade() {
        api.nodes.add(new Nodes.Node("a", Nodes.State.ACTIVE, "2.1.0", "EPMPULSE_STALE_AFTER=2h"));
        api.nodes.add(new Nodes.Node("b", Nodes.State.STOPPING, "2.1.0", "EPMPULSE_STALE_AFTER=1h"));

        assertThat(api.get("/health").body())
                .startsWith("{\"status\":\"degraded\"")
                .contains(
                        "\"nodes\":\"error: nodes a, b differ in EPMPULSE_STALE_AFTER; copy apps.json and the settings to all,"
                                + " and restart them\"");
    }

    @Test
    void nodesOfAnotherVersionMayDifferDuringAnUpgrade() {
        api.nodes.add(new Nodes.Node("a", Nodes.State.ACTIVE, "2.0.0", "EPMPULSE_STALE_AFTER=2h"));
        api.nodes.add(new Nodes.Node("b", Nodes.State.RUNNING, "2.1.0", "EPMPULSE_QUIET=none EPMPULSE_STALE_AFTER=1h"));
        api.nodes.add(new Nodes.Node("c", Nodes.State.RUNNING, "2.1.0", "EPMPULSE_QUIET=none EPMPULSE_STALE_AFTER=1h"));

        assertThat(api.get("/health").body()).startsWith("{\"status\":\"healthy\"");
    }

    @Test
    void twoNodesOfTheSameNameDegrade() {
        api.nodes.add(new Nodes.Node("a", Nodes.State.ACTIVE, "2.1.0", "abc"));
        api.nodes.add(new Nodes.Node("a", Nodes.State.RUNNING, "2.1.0", "abc"));

        assertThat(api.get("/health").body())
                .contains("degraded", "2 nodes have the name a; set another EPMPULSE_NODE on each")
                .endsWith(",\"nodes\":{\"a\":\"active\"}}");
    }

    private String with(String slack, String epm, String keys) {
        Reply reply = new HealthReplies(
                        api.store, () -> slack, () -> epm, () -> null, () -> keys, () -> null, Nodes.NONE)
                .show();
        return StandardCharsets.UTF_8.decode(reply.body()).toString();
    }
}
