package org.epmpulse.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to listen, when the command line says so. */
final class Address {

    @Option(names = "--host", paramLabel = "HOST", description = "Listen on this address, whatever EPMPULSE_HOST says.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "Listen on this port, whatever EPMPULSE_PORT says.")
    private @Nullable String port;

    Configuration load() {
        return Configuration.load(Path.of("").toAbsolutePath(), System.getenv(), overrides());
    }

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
