package org.epmpulse.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.status.Catalog;

/** Data folders as demos leave them. */
public final class TestingDemo {

    private TestingDemo() {}

    /** Writes the folder of a demo that began at a time and was stopped at once. */
    public static void write(Path data, Instant began) throws IOException {
        Files.createDirectories(data);
        Files.createFile(data.resolve("demo"));
        DemoHistory.write(data, window(began), catalog());
    }

    static DemoWindow window(Instant began) {
        return new DemoWindow(ZoneOffset.UTC, began);
    }

    static Catalog catalog() throws IOException {
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        try (InputStream file = Objects.requireNonNull(DemoHistory.class.getResourceAsStream("/demo/apps.json"))) {
            for (Map.Entry<String, JsonNode> app :
                    new ObjectMapper().readTree(file).path("apps").properties()) {
                Set<String> domains = new LinkedHashSet<>();
                for (JsonNode domain : app.getValue().path("domains")) {
                    domains.add(domain.path("name").asText(domain.asText()));
                }
                apps.put(app.getKey(), new Catalog.App(app.getKey(), app.getKey(), domains, List.of(), false));
            }
        }
        return new Catalog(apps);
    }
}
