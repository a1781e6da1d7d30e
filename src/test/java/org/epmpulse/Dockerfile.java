package org.epmpulse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The shipped Dockerfile, as far as it can be read without an engine.
 *
 * @param instructions with the defaults of their arguments
 */
record Dockerfile(List<Instruction> instructions) {

    static final Path FILE = Path.of("deploy/docker/Dockerfile");

    /**
     * @param stage 1 for the first
     * @param arguments all behind the name, in one line
     */
    record Instruction(int stage, String name, String arguments) {

        List<String> words() {
            return Arrays.asList(arguments.split(" +"));
        }

        /** The command of the exec form, which may stand behind options. */
        List<String> command() {
            try {
                return Arrays.asList(
                        new ObjectMapper().readValue(arguments.substring(arguments.indexOf('[')), String[].class));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("not in exec form: " + arguments, e);
            }
        }
    }

    static Dockerfile read() throws IOException {
        List<Instruction> instructions = new ArrayList<>();
        int stage = 0;
        for (String line : Files.readString(FILE)
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll("\\\\\n *", "")
                .split("\n+")) {
            if (!line.isBlank()) {
                String[] parts = withDefaults(line, instructions).split(" +", 2);
                stage += parts[0].equals("FROM") ? 1 : 0;
                instructions.add(new Instruction(stage, parts[0], parts[1]));
            }
        }
        return new Dockerfile(instructions);
    }

    private static String withDefaults(String line, List<Instruction> before) {
        String replaced = line;
        for (Instruction argument : before) {
            if (argument.name().equals("ARG")) {
                String[] parts = argument.arguments().split("=", 2);
                replaced = replaced.replace("${" + parts[0] + "}", parts[1]);
            }
        }
        return replaced;
    }

    List<Instruction> all(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .toList();
    }

    Instruction only(String name) {
        return only(name, all(name));
    }

    /** The one of a stage. */
    Instruction only(String name, int stage) {
        return only(
                name,
                all(name).stream()
                        .filter(instruction -> instruction.stage() == stage)
                        .toList());
    }

    private static Instruction only(String name, List<Instruction> found) {
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " times " + name);
        }
        return found.get(0);
    }

    /** What is copied from the context. */
    List<Instruction> copies() {
        return all("COPY").stream()
                .filter(copy -> !copy.arguments().startsWith("--from="))
                .toList();
    }
}
