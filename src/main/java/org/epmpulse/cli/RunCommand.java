package org.epmpulse.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = "Runs the service in the foreground. This is the default command.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private final Starter starter;

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Spec
    private @Nullable CommandSpec spec;

    RunCommand(Starter starter) {
        this.starter = starter;
    }

    static int run(Starter starter, ListenOptions listen, @Nullable CommandSpec spec) {
        CommandSpec command = Objects.requireNonNull(spec, "picocli sets it");
        return Startup.service(starter, listen, command.commandLine().getErr());
    }

    @Override
    public Integer call() {
        return run(starter, listen, spec);
    }
}
