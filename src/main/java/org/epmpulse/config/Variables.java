package org.epmpulse.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The variables of the command line, the environment and {@code .env}. Immutable. */
public final class Variables {

    /** @param file its line if it is in {@code .env}; otherwise null */
    private record Variable(String value, Origin origin, EnvFile.@Nullable Entry file) {}

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
        file.forEach((name, entry) -> merged.put(name, new Variable(entry.value(), Origin.ENV_FILE, entry)));
        environment.forEach((name, value) -> {
            EnvFile.Entry entry = file.get(name);
            if (entry == null || !isSameLine(entry, value)) {
                merged.put(name, new Variable(value, Origin.ENVIRONMENT, null));
            }
        });
        overrides.forEach((name, value) -> merged.put(name, new Variable(value, Origin.COMMAND_LINE, null)));
        return new Variables(merged);
    }

    /**
     * Whether systemd or Docker may have read this value from the same line; then the file wins. systemd keeps comments
     * and removes backslashes, Docker keeps quotes, too. Java decodes the environment in the character set of the
     * locale: with {@code LC_ALL=C}, Java 17 makes U+FFFD of each byte of {@code ü}. Any other difference is a value of
     * its own.
     */
    private static boolean isSameLine(EnvFile.Entry entry, String value) {
        String given = value.strip();
        return !given.isEmpty()
                && Stream.of(entry.value(), entry.raw(), EnvFile.ofSystemd(entry.raw()))
                        .anyMatch(text -> sameText(text.strip(), given));
    }

    private static boolean sameText(String inFile, String given) {
        return inFile.equals(given) || Charsets.mangled(inFile).contains(given);
    }

    /** The value of a variable without the blanks around it; null if it is not set or empty. */
    public @Nullable String get(String name) {
        Variable variable = variables.get(name);
        if (variable == null) {
            return null;
        }
        String value = variable.file() == null ? variable.value().strip() : variable.value();
        return value.isEmpty() ? null : value;
    }

    /** The source of a variable; {@link Origin#DEFAULT} if it is not set. */
    public Origin origin(String name) {
        Variable variable = variables.get(name);
        return variable == null || get(name) == null ? Origin.DEFAULT : variable.origin();
    }

    /** The position of a variable in messages: its name, with its line if it is in {@code .env}. */
    String where(String name) {
        Variable variable = variables.get(name);
        EnvFile.Entry line = variable == null ? null : variable.file();
        return line == null ? name : ".env line " + line.line() + " " + name;
    }

    /**
     * Warns of the variables whose values were probably not meant as they are.
     *
     * @param used names that apps.json uses, in addition to those of EPMPulse
     */
    void check(Set<String> used, Problems problems) {
        VariableChecks checks = new VariableChecks(variables.keySet(), problems);
        for (String name : names()) {
            Variable variable = Objects.requireNonNull(variables.get(name));
            EnvFile.Entry line = variable.file();
            checks.name(name);
            if (line != null) {
                checks.fromFile(name, line, where(name));
            } else if (VariableChecks.isOurs(name) || used.contains(name)) {
                checks.fromEnvironment(name, variable.value(), where(name));
            }
        }
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
