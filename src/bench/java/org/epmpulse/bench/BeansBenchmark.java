package org.epmpulse.bench;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures single beans of updates and reads with JMH. */
@Command(
        name = "beans",
        description = "Measure time and allocated bytes per operation of the beans on the hot path, with JMH.",
        mixinStandardHelpOptions = true)
final class BeansBenchmark implements Callable<Integer> {

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    @Option(names = "--only", paramLabel = "REGEX", description = "Only benchmarks whose name matches.")
    private String only = "org.epmpulse";

    @Option(names = "--forks", paramLabel = "N", description = "Processes per benchmark. Default: 1.")
    private int forks = 1;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "Duration of one iteration. Default: 2.")
    private @Nullable Integer seconds;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Warm-up iterations, and as many measured ones. Default: 3.")
    private @Nullable Integer iterations;

    @Option(names = "--quick", description = "One iteration of a second.")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(Table.FOLDER);
        int count = iterations != null ? iterations : quick ? 1 : 3;
        TimeValue time = TimeValue.seconds(seconds != null ? seconds : quick ? 1 : 2);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(only)
                .forks(forks)
                .jvmArgs(Program.HEAP)
                .warmupIterations(count)
                .warmupTime(time)
                .measurementIterations(count)
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .output(Table.FOLDER.resolve("beans.log").toString())
                .resultFormat(ResultFormatType.JSON)
                .result(Table.FOLDER.resolve("beans.json").toString());
        // JMH starts processes with this class path; in Maven the property holds Maven's own.
        System.setProperty("java.class.path", classPath());
        Table table = new Table("beans", "bean", "µs", "± 99.9 %", "bytes allocated");
        for (RunResult run : new Runner(options.build()).run()) {
            Result<?> primary = run.getPrimaryResult();
            table.row(
                    name(run),
                    "%.3f".formatted(primary.getScore()),
                    "%.3f".formatted(primary.getScoreError()),
                    "%.0f"
                            .formatted(Objects.requireNonNull(
                                            run.getSecondaryResults().get(ALLOCATION), "the profiler measures it")
                                    .getScore()));
        }
        table.publish();
        return 0;
    }

    private static String name(RunResult run) {
        String full = run.getParams().getBenchmark();
        String method = full.substring(full.lastIndexOf('.', full.lastIndexOf('.') - 1) + 1);
        String parameters = run.getParams().getParamsKeys().stream()
                .map(key -> run.getParams().getParam(key) + " " + key)
                .collect(Collectors.joining(", "));
        return parameters.isEmpty() ? method : method + ", " + parameters;
    }

    private static String classPath() throws URISyntaxException {
        List<String> files = new ArrayList<>();
        if (BeansBenchmark.class.getClassLoader() instanceof URLClassLoader loader) {
            for (URL url : loader.getURLs()) {
                files.add(Path.of(url.toURI()).toString());
            }
            return String.join(File.pathSeparator, files);
        }
        return System.getProperty("java.class.path");
    }
}
