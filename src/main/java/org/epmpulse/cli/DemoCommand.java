package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Runs the service beside a simulated EPM and Slack and plays a close night in a minute,"
                + " again and again. Needs no configuration and calls nobody.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private final Starter starter;

    @Mixin
    private Address address = new Address();

    @Spec
    private @Nullable CommandSpec spec;

    DemoCommand(Starter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() {
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        return Start.exitCode(spec, () -> demo().start(starter, System.getenv(), address.overrides(), out));
    }

    private static Demo demo() throws IOException {
        return ServiceLoader.load(Demo.class)
                .findFirst()
                .orElseThrow(() -> new IOException("the demo needs lib/epmpulse-sandbox.jar, which is missing"));
    }
}
