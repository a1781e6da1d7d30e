package org.epmpulse.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.config.NewKey;
import org.epmpulse.config.Role;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "key",
        description = "Creates an API key. Prints it and its line for the keys file.",
        mixinStandardHelpOptions = true)
final class KeyCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Name of the key, such as the client that uses it.")
    private @Nullable String name;

    @Option(names = "--read", description = "With the role read, for the board: prints a link for a wall, too.")
    private boolean read;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        try {
            NewKey key = NewKey.named(name == null ? NewKey.DEFAULT_NAME : name, read ? Role.READ : Role.WRITE);
            PrintWriter out = command.commandLine().getOut();
            out.println("key:                " + key.key());
            out.println("for the keys file:  " + key.line());
            if (read) {
                out.println("link for a wall:    ADDRESS-OF-THE-BOARD/?view=wall#key=" + key.key());
            }
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
