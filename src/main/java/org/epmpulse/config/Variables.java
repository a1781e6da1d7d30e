package org.epmpulse.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The variables of the command line, the environment and {@code .env}. Immutable. */
public final class Variables {

    private record Variable(String value, Origin origin, String where) {}

    private final Map<String, Variable> variables;

    private Variables(Map<String, Variable> variables) {
        this.variables = Map.copyOf(variables);
    }

    /**
     * Variables without {@code .env}.
     *
     * @param overrides values of the command line by the name of the setting
     */
    public static Variables of(Map<String, String> environment, Map<String, String> overrides) {
        return merge(Map.of(), environment, overrides);
    }

    /** Variables with the {@code .env} of a folder. The environment wins, also with an empty value. */
    static Variables load(
            Path folder, Map<String, String> environment, Map<String, String> overrides, Problems problems) {
        return merge(EnvFile.read(folder.resolve(".env"), problems), environment, overrides);
    }

    private static Variables merge(
            Map<String, EnvFile.Entry> file, Map<String, String> environment, Map<String, String> overrides) {
        Map<String, Variable> merged = new HashMap<>();
        file.forEach((name, entry) ->
                merged.put(name, new Variable(entry.value(), Origin.ENV_FILE, ".env line " + entry.line())));
        environment.forEach((name, value) -> {
            // systemd and docker may have read the same line and kept its comment or quotes; then the file wins.
            EnvFile.Entry entry = file.get(name);
            if (entry == null || !normalize(entry.raw()).equals(normalize(value))) {
                merged.put(name, new Variable(value.strip(), Origin.ENVIRONMENT, name));
            }
        });
        overrides.forEach((name, value) -> merged.put(name, new Variable(value.strip(), Origin.COMMAND_LINE, name)));
        return new Variables(merged);
    }

    private static String normalize(String value) {
        return value.replaceAll("[\\s\"'\\\\]", "");
    }

    /** The value of a variable; null if it is not set or empty. */
    public @Nullable String get(String name) {
        Variable variable = variables.get(name);
        return variable == null || variable.value().isEmpty() ? null : variable.value();
    }

    /** The source of a variable; {@link Origin#DEFAULT} if it is not set. */
    public Origin origin(String name) {
        Variable variable = variables.get(name);
        return variable == null || variable.value().isEmpty() ? Origin.DEFAULT : variable.origin();
    }

    /** The position of a variable in messages: its name, with its line if it is in {@code .env}. */
    String where(String name) {
        Variable variable = variables.get(name);
        return variable == null || variable.origin() != Origin.ENV_FILE ? name : variable.where() + " " + name;
    }

    /** In alphabetical order. */
    public Set<String> names() {
        return new TreeSet<>(variables.keySet());
    }

    /** Hides the values, which may be secrets. */
    @Override
    public String toString() {
        return "Variables" + names();
    }
}
