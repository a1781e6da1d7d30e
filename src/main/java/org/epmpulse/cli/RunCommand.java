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
        return Startup.execute(spec, () -> {
            Configuration configuration = listen.load().orThrow();
            Logging.configure(configuration.settings());
            starter.start(configuration, false, RunningService::stopWithTheProcess);
        });
    }

    @Override
    public Integer call() {
        return run(starter, listen, spec);
    }
}
