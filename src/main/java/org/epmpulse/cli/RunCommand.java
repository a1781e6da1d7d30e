package org.epmpulse.cli;

import java.util.concurrent.Callable;
import org.epmpulse.config.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = "Runs the service in the foreground. This is what happens without a command, too.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private final Starter starter;

    @Mixin
    private Address address = new Address();

    @Spec
    private @Nullable CommandSpec spec;

    RunCommand(Starter starter) {
        this.starter = starter;
    }

    static int run(Starter starter, Address address, @Nullable CommandSpec spec) {
        return Start.exitCode(spec, () -> {
            Configuration configuration = address.load().orThrow();
            Logging.configure(configuration.settings());
            starter.start(configuration).stopWithTheProcess();
        });
    }

    @Override
    public Integer call() {
        return run(starter, address, spec);
    }
}
