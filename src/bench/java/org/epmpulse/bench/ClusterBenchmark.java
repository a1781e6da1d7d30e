package org.epmpulse.bench;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Nodes that share a PostgreSQL database, compared with the file journal and with {@code pgbench} in the same run. */
@Command(
        name = "cluster",
        description = {
            "Compare nodes on a PostgreSQL database, which this starts, with the file journal and with pgbench.",
            "Needs the packages postgresql and postgresql-contrib of Debian."
        },
        mixinStandardHelpOptions = true)
final class ClusterBenchmark implements Callable<Integer> {

    /** What can be measured alone. */
    enum Part {
        STORE,
        CALLER,
        POST,
        GET,
        EVENTS,
        START,
        HISTORY,
        IDLE,
        TAKEOVER
    }

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Measure only these, separated by commas: ${COMPLETION-CANDIDATES}. Default: all.")
    private Set<Part> only = EnumSet.allOf(Part.class);

    @Option(names = "--times", paramLabel = "N", description = "Starts and takeovers of each kind. Default: 3.")
    private int times;

    @Mixin
    private RoundOptions options = new RoundOptions();

    @Override
    public Integer call() throws Exception {
        String missing = PostgresServer.missing();
        if (missing != null) {
            System.err.println("cluster: " + missing);
            return 1;
        }
        Targets targets = new Targets("cluster");
        for (Part part : only) {
            System.out.println("== cluster, " + part);
            run(part, targets);
        }
        targets.publish();
        return 0;
    }

    private int times() {
        return times > 0 ? times : options.quick() ? 1 : 3;
    }

    private void run(Part part, Targets targets) throws Exception {
        switch (part) {
            case STORE -> new ClusterStores(options, targets).runCallers();
            case CALLER -> new ClusterStores(options, targets).runOneCaller();
            case POST -> new ClusterPrograms(options, targets).runPost();
            case GET -> new ClusterPrograms(options, targets).runGet();
            case EVENTS -> new ClusterPrograms(options, targets).runEvents();
            case IDLE -> new ClusterIdle(options, targets).run();
            case TAKEOVER -> new ClusterTakeover(times(), targets).run();
            case START -> new ClusterHistory(options, times(), targets).runStart();
            case HISTORY -> new ClusterHistory(options, times(), targets).runQueries();
        }
    }
}
