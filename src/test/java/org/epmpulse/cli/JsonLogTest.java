package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The fields of a line of a JSON log that depend on the settings. */
@Isolated("sets a system property")
class JsonLogTest {

    private static final String NODE = "epmpulse.log.node";

    @AfterEach
    void removeNode() {
        System.clearProperty(NODE);
    }

    private static JsonNode line() throws Exception {
        URI file = JsonLogTest.class.getResource("/log4j2-json.xml").toURI();
        try (LoggerContext context = new LoggerContext("json", null, file)) {
            context.start();
            LogEvent event = Log4jLogEvent.newBuilder()
                    .setLoggerName("test")
                    .setLevel(Level.INFO)
                    .setMessage(new SimpleMessage("text"))
                    .build();
            byte[] bytes = context.getConfiguration()
                    .getAppender("console")
                    .getLayout()
                    .toByteArray(event);
            return new ObjectMapper().readTree(bytes);
        }
    }

    @Test
    void aNodeOfSeveralHasItsNameInEveryLine() throws Exception {
        System.setProperty(NODE, "epm-a");

        JsonNode line = line();

        assertThat(line.path("node").asText()).isEqualTo("epm-a");
        assertThat(line.path("message").asText()).isEqualTo("text");
    }

    @Test
    void aSingleProcessHasNoName() throws Exception {
        assertThat(line().has("node")).isFalse();
    }
}
