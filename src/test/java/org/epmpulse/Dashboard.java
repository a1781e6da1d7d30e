package org.epmpulse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The shipped dashboard of Grafana. */
record Dashboard(JsonNode json) {

    static final Path FILE = Path.of("deploy/grafana/epmpulse.json");

    record Panel(JsonNode json) {

        String title() {
            return json.path("title").asText();
        }

        int at(String side) {
            return json.path("gridPos").path(side).asInt(-1);
        }

        /** What it asks Prometheus for. */
        List<String> queries() {
            return json.path("targets").findValuesAsText("expr");
        }

        boolean overlaps(Panel other) {
            return at("x") < other.at("x") + other.at("w")
                    && other.at("x") < at("x") + at("w")
                    && at("y") < other.at("y") + other.at("h")
                    && other.at("y") < at("y") + at("h");
        }

        @Override
        public String toString() {
            return title();
        }
    }

    static Dashboard read() throws IOException {
        return new Dashboard(new ObjectMapper().readTree(FILE.toFile()));
    }

    /** All but rows, those in collapsed rows included. */
    List<Panel> panels() {
        return Stream.concat(openPanels().stream(), collapsedPanels().stream()).toList();
    }

    /** Those that find something in every installation. */
    List<Panel> openPanels() {
        return panels(json)
                .filter(panel -> !panel.json().path("type").asText().equals("row"))
                .toList();
    }

    /** Those in collapsed rows, of which Grafana asks nothing before somebody opens the row. */
    List<Panel> collapsedPanels() {
        return panels(json).flatMap(panel -> panels(panel.json())).toList();
    }

    private static Stream<Panel> panels(JsonNode of) {
        return StreamSupport.stream(of.path("panels").spliterator(), false).map(Panel::new);
    }
}
