package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Rules for every method: docs.slack.dev/apis/web-api. */
class SlackWebApiTest {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(new SteppingClock());

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    @Test
    void authTestNamesTheBotWithoutAnyScope() {
        slack.addToken("xoxb-bare");

        JsonNode response = new SlackClient(slack, "xoxb-bare").call("auth.test", "{}");

        assertThat(response.path("ok").asBoolean()).isTrue();
        assertThat(response.path("user_id").asText()).isEqualTo(slack.botUser());
        assertThat(response.has("team_id") && response.has("bot_id") && response.has("url"))
                .isTrue();
    }

    @Test
    void aFormCanContainTheTokenAndArraysAsJson() {
        slack.addCanvas("F1", "Status");
        String changes = "[{\"operation\":\"replace\",\"document_content\":" + SlackClient.content("größer & <") + "}]";

        JsonNode response =
                client.form("canvases.edit", Map.of("token", slack.botToken(), "canvas_id", "F1", "changes", changes));

        assertThat(response.path("ok").asBoolean()).isTrue();
        assertThat(slack.canvas("F1").markdown()).isEqualTo("größer & <");
    }

    @Test
    void aTokenInTheQueryOrInJsonIsIgnored() {
        HttpRequest inAddress = client.to("auth.test?token=" + slack.botToken()).build();
        HttpRequest inJson = client.to("auth.test")
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + slack.botToken() + "\"}"))
                .build();

        assertThat(error(SlackClient.send(inAddress))).isEqualTo("not_authed");
        assertThat(error(SlackClient.send(inJson))).isEqualTo("not_authed");
    }

    @Test
    void unknownRevokedAndBrowserTokensHaveDifferentErrors() {
        slack.addToken("xoxb-old");
        slack.revokeToken("xoxb-old", "token_revoked");

        assertThat(errorOf("xoxb-unknown")).isEqualTo("invalid_auth");
        assertThat(errorOf("xoxb-old")).isEqualTo("token_revoked");
        assertThat(errorOf("xoxc-from-a-browser")).isEqualTo("not_allowed_token_type");
    }

    @Test
    void aMissingScopeIsNamedWithTheProvidedScopes() {
        slack.addCanvas("F1", "Status");
        slack.addToken("xoxb-chat", "chat:write", "files:read");

        JsonNode response = new SlackClient(slack, "xoxb-chat").replace("F1", "text");

        assertThat(response.path("error").asText()).isEqualTo("missing_scope");
        assertThat(response.path("needed").asText()).isEqualTo("canvases:write");
        assertThat(response.path("provided").asText()).isEqualTo("chat:write,files:read");
    }

    @Test
    void responsesNameTheScopesOfTheToken() {
        slack.addToken("xoxb-two", "chat:write", "canvases:write");

        HttpResponse<String> response = new SlackClient(slack, "xoxb-two").response("auth.test", "{}");

        assertThat(response.headers().firstValue("x-oauth-scopes")).contains("canvases:write,chat:write");
    }

    @Test
    void anUnknownMethodIsAViolation() {
        assertThat(client.call("canvases.section.update", "{}").path("error").asText())
                .isEqualTo("unknown_method");
        assertThat(slack.violations()).extracting(Violation::operation).containsExactly("canvases.section.update");
    }

    @Test
    void aPathOutsideTheApiReturnsAPage() {
        HttpResponse<String> response = SlackClient.get(slack.pageUrl().resolve("apicanvases.edit"));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    }

    @Test
    void bodiesWithoutOrWithAnotherTypeAreRefused() {
        HttpRequest.Builder post = client.to("auth.test").POST(HttpRequest.BodyPublishers.ofString("a=b"));

        assertThat(error(SlackClient.send(post.build()))).isEqualTo("missing_post_type");
        assertThat(error(
                        SlackClient.send(post.header("Content-Type", "text/xml").build())))
                .isEqualTo("invalid_post_type");
        assertThat(client.call("auth.test", "{").path("error").asText()).isEqualTo("invalid_json");
        assertThat(client.call("auth.test", "[]").path("error").asText()).isEqualTo("json_not_object");
    }

    @Test
    void jsonWithoutACharsetIsAcceptedWithAWarning() {
        HttpRequest post = client.to("auth.test")
                .header("Authorization", "Bearer " + slack.botToken())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();

        JsonNode response = SlackClient.body(SlackClient.send(post));

        assertThat(response.path("ok").asBoolean()).isTrue();
        assertThat(response.path("warning").asText()).isEqualTo("missing_charset");
    }

    private String errorOf(String token) {
        return new SlackClient(slack, token)
                .call("auth.test", "{}")
                .path("error")
                .asText();
    }

    private static String error(HttpResponse<String> response) {
        return SlackClient.body(response).path("error").asText();
    }
}
