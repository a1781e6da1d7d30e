package org.epmpulse.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The variables the service was started with, of the command line, the environment and {@code .env}. Immutable. */
public final class Variables {

    private record Variable(String value, Origin origin, String where) {}

    private final Map<String, Variable> variables;

    private Variables(Map<String, Variable> variables) {
        this.variables = Map.copyOf(variables);
    }

    /**
     * Variables without any {@code .env}.
     *
     * @param overrides what the command line says, under the names of the settings
     */
    public static Variables of(Map<String, String> environment, Map<String, String> overrides) {
        return merge(Map.of(), environment, overrides);
    }

    /** With the {@code .env} of a folder; the environment wins, also where it says that a variable is empty. */
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
            // systemd and docker read the same line, but keep its trailing comment, its quotes or a part of both.
            EnvFile.Entry entry = file.get(name);
            if (entry == null || !bare(entry.raw()).equals(bare(value))) {
                merged.put(name, new Variable(value.strip(), Origin.ENVIRONMENT, name));
            }
        });
        overrides.forEach((name, value) -> merged.put(name, new Variable(value.strip(), Origin.COMMAND_LINE, name)));
        return new Variables(merged);
    }

    private static String bare(String value) {
        return value.replaceAll("[\\s\"'\\\\]", "");
    }

    /** The value of a variable; null if it is not set or empty. */
    public @Nullable String get(String name) {
        Variable variable = variables.get(name);
        return variable == null || variable.value().isEmpty() ? null : variable.value();
    }

    /** Where a variable comes from; {@link Origin#DEFAULT} if it is not set. */
    public Origin origin(String name) {
        Variable variable = variables.get(name);
        return variable == null || variable.value().isEmpty() ? Origin.DEFAULT : variable.origin();
    }

    /** Where a person finds the variable: its name, or its line in {@code .env}. */
    String where(String name) {
        Variable variable = variables.get(name);
        return variable == null || variable.origin() != Origin.ENV_FILE ? name : variable.where() + " " + name;
    }

    /** In alphabetical order. */
    public Set<String> names() {
        return new TreeSet<>(variables.keySet());
    }

    /** Names only: the values may be secrets. */
    @Override
    public String toString() {
        return "Variables" + names();
    }
}
