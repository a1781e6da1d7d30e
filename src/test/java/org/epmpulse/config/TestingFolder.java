package org.epmpulse.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A working folder with files of a test, and the configuration in it. */
record TestingFolder(Path path) {

    static final String MINIMAL = """
            {"apps": {"Planning": {"domains": ["Actual"]}}}""";

    TestingFolder write(String name, String content) {
        try {
            Path file = path.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestingFolder apps(String json) {
        return write("config/apps.json", json);
    }

    /** @param variables names and values in turn */
    Configuration load(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Configuration.load(path, environment, Map.of());
    }

    List<String> problems(String... variables) {
        return load(variables).problems().stream().map(Problem::toString).toList();
    }
}
