package org.epmpulse.slack.socket;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.epmpulse.alerts.PlainText;
import org.epmpulse.slack.AnswerButtons;
import org.epmpulse.slack.MessageText;
import org.epmpulse.slack.SlackAppClient;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.status.AnswerValidator;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes commands and clicks, and replies to the person who has sent them, and to nobody else. For one thread. */
final class SocketRequests implements Consumer<SocketFrame> {

    private static final Logger LOG = LoggerFactory.getLogger(SocketRequests.class);

    private static final int MAX_ID = 50;

    private final SlackAppClient slack;
    private final SlackCommands commands;
    private final Set<String> allowed;

    /** @param allowed ids of users, and of channels whose members may use all commands and buttons */
    SocketRequests(SlackAppClient slack, SlackCommands commands, Set<String> allowed) {
        this.slack = slack;
        this.commands = commands;
        this.allowed = allowed;
    }

    /**
     * A command or a click.
     *
     * @param user id of the person
     * @param by name of the person, for the journal
     * @param idempotency so that a repeated envelope records nothing again, also on another node
     */
    record Sender(String user, String channel, String by, Idempotency idempotency) {}

    @Override
    public void accept(SocketFrame frame) {
        JsonNode payload = frame.payload();
        String reply =
                switch (frame.type()) {
                    case SocketFrame.COMMAND -> command(frame, payload);
                    case SocketFrame.CLICK -> click(frame, payload);
                    default -> null;
                };
        String address = payload.path("response_url").asText("");
        if (reply != null && !address.isEmpty()) {
            respond(address, reply);
        }
    }

    private String command(SocketFrame frame, JsonNode payload) {
        Sender sender = sender(
                frame,
                payload.path("user_id").asText(""),
                payload.path("user_name").asText(""),
                payload.path("channel_id").asText(""));
        CommandWords words = CommandWords.of(payload.path("text").asText(""));
        String refusal = words.get(0).isEmpty() || words.get(0).equals("help") ? null : refusal(sender);
        return refusal == null ? commands.run(words, sender) : refusal;
    }

    /** Null if it is a click on something that is not ours. */
    private @Nullable String click(SocketFrame frame, JsonNode payload) {
        JsonNode user = payload.path("user");
        Sender sender = sender(
                frame,
                user.path("id").asText(""),
                user.path("username").asText(user.path("name").asText("")),
                payload.path("channel").path("id").asText(""));
        JsonNode action = payload.path("actions").path(0);
        AnswerButtons.Button button = AnswerButtons.parse(
                action.path("action_id").asText(""), action.path("value").asText(""));
        if (button == null) {
            return null;
        }
        String refusal = refusal(sender);
        return refusal == null ? commands.click(button, sender) : refusal;
    }

    private static Sender sender(SocketFrame frame, String user, String name, String channel) {
        String id = PlainText.of(user, MAX_ID);
        String plain = PlainText.of(name, AnswerValidator.MAX_BY - MAX_ID - 3).strip();
        String by = plain.isEmpty() ? id : plain + " (" + id + ")";
        byte[] sent = frame.payload().toString().getBytes(StandardCharsets.UTF_8);
        String envelope = Objects.requireNonNull(frame.envelopeId(), "the id of an envelope");
        Idempotency idempotency = new Idempotency(
                envelope, HexFormat.of().formatHex(Sha256.of(new String(sent, StandardCharsets.UTF_8))));
        return new Sender(id, channel, by, idempotency);
    }

    /** Why a person may not use this; null if they may. */
    private @Nullable String refusal(Sender sender) {
        if (allowed.contains(sender.user()) || allowed.contains(sender.channel())) {
            return null;
        }
        LOG.info("Slack socket: user {} is not in SLACK_ALLOWED_USERS; nothing was done", sender.user());
        return "You may not do this: nothing was changed. Ask an administrator of EPMPulse to add "
                + MessageText.escape(sender.user(), MAX_ID) + ", or this channel, to SLACK_ALLOWED_USERS.";
    }

    private void respond(String address, String reply) {
        try {
            slack.respond(address, reply);
        } catch (SlackRateLimitedException | SlackUnavailableException | SlackRefusedException e) {
            LOG.warn(
                    "Slack socket: the reply to a command or click was not sent: {}; it has taken effect",
                    e.getMessage());
        }
    }
}
