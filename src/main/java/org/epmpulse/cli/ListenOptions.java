package org.epmpulse.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the address of the service. */
final class ListenOptions {

    @Option(names = "--host", paramLabel = "HOST", description = "Listen on this address instead of EPMPULSE_HOST.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "Listen on this port instead of EPMPULSE_PORT.")
    private @Nullable String port;

    /** Loads the configuration of the working folder with these options. */
    Configuration load() {
        return Configuration.load(Path.of("").toAbsolutePath(), System.getenv(), overrides());
    }

    /** The options by the names of the settings that they replace. */
    Map<String, String> overrides() {
        Map<String, String> overrides = new HashMap<>();
        if (host != null) {
            overrides.put("EPMPULSE_HOST", host);
        }
        if (port != null) {
            overrides.put("EPMPULSE_PORT", port);
        }
        return overrides;
    }
}
