package org.epmpulse.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads {@code epm}: servers and their authentication. A value with an unset variable counts as not configured. */
final class EpmReader {

    /** The default of EPMPulse 1.0. */
    private static final String DEFAULT_SCOPE = "urn:opc:epm";

    /** The audience that Oracle's identity domains expect in an assertion. */
    private static final String DEFAULT_AUDIENCE = "https://identity.oraclecloud.com/";

    private final Path folder;
    private final DeploymentMode mode;

    EpmReader(Path folder, DeploymentMode mode) {
        this.folder = folder;
        this.mode = mode;
    }

    Map<String, AppsConfig.Server> servers(Field epm) {
        Map<String, AppsConfig.Server> servers = new LinkedHashMap<>();
        Section section = epm.section();
        if (section == null) {
            return servers;
        }
        section.expectKeys("auth", "servers");
        Auth shared = auth(section.get("auth"));
        Section entries = section.get("servers").section();
        if (entries != null) {
            NameChecks names = new NameChecks("server");
            for (Field entry : entries.fields()) {
                names.check(entry.key(), entry);
                AppsConfig.Server server = server(entry, shared);
                if (server != null) {
                    servers.put(server.id(), server);
                }
            }
        }
        return servers;
    }

    private AppsConfig.@Nullable Server server(Field entry, @Nullable Auth shared) {
        String id = entry.key();
        Section section = entry.section();
        if (section == null || !entry.isName(id)) {
            return null;
        }
        section.expectKeys("name", "base_url", "product", "application", "auth", "watch");
        Field name = section.get("name");
        String nameText = name.textIfSet();
        Field ownAuth = section.get("auth");
        String application = section.get("application").textIfSet();
        Product product = product(section.get("product"), id);
        return new AppsConfig.Server(
                id,
                nameText != null && name.isName(nameText) ? nameText : id,
                baseUrl(section.get("base_url")),
                product,
                application == null || application.isBlank() ? null : application,
                ownAuth.isAbsent() ? shared : auth(ownAuth),
                WatchReader.watch(section.get("watch"), product));
    }

    private @Nullable URI baseUrl(Field field) {
        URI url = url(field);
        if (url != null && url.getPath().endsWith("/epmcloud")) {
            field.warning("EPM's addresses usually do not end with /epmcloud (remove it if polling fails)");
        }
        return url;
    }

    private @Nullable URI url(Field field) {
        String text = field.textIfSet();
        if (text == null || text.isBlank()) {
            return null;
        }
        URI url = HttpAddress.parse(text.strip());
        if (url == null) {
            field.error(HttpAddress.RULE);
        } else {
            HttpAddress.checkEncrypted(url, mode, field.where(), field.context().problems());
        }
        return url;
    }

    private static Product product(Field field, String serverId) {
        String text = field.textIfSet();
        Product product = Product.byId(text == null || text.isEmpty() ? serverId : text);
        if (product == null && text != null && !text.isEmpty()) {
            field.error("unknown product \"" + text + "\", must be one of " + String.join(", ", Product.ids()) + "."
                    + Problems.didYouMean(text, Product.ids()));
        }
        return product == null ? Product.PLANNING : product;
    }

    private @Nullable Auth auth(Field field) {
        Section section = field.section();
        if (section == null) {
            return null;
        }
        Field typeField = section.get("type");
        String type = typeField.isAbsent() ? "oauth" : typeField.textIfSet();
        if (type == null) {
            return null;
        }
        switch (type) {
            case "oauth" -> {
                return oauth(section.expectKeys("type", "token_url", "client_id", "client_secret", "scope"));
            }
            case "jwt_assertion" -> {
                return jwtAssertion(section.expectKeys(
                        "type",
                        "token_url",
                        "client_id",
                        "client_secret",
                        "scope",
                        "subject",
                        "key_file",
                        "key_id",
                        "audience"));
            }
            case "basic" -> {
                String username = required(section.expectKeys("type", "username", "password"), "username");
                String password = required(section, "password");
                return username == null || password == null ? null : new Auth.Basic(username, password);
            }
            default -> {
                typeField.error("unknown type \"" + type + "\", must be one of oauth, jwt_assertion, basic");
                return null;
            }
        }
    }

    private @Nullable Auth oauth(Section section) {
        URI tokenUrl = requiredUrl(section);
        String clientId = required(section, "client_id");
        String clientSecret = required(section, "client_secret");
        String scope = optional(section, "scope");
        return tokenUrl == null || clientId == null || clientSecret == null
                ? null
                : new Auth.OAuth(tokenUrl, clientId, clientSecret, Objects.requireNonNullElse(scope, DEFAULT_SCOPE));
    }

    private @Nullable Auth jwtAssertion(Section section) {
        URI tokenUrl = requiredUrl(section);
        String clientId = required(section, "client_id");
        String clientSecret = optional(section, "client_secret");
        String scope = optional(section, "scope");
        String subject = required(section, "subject");
        Path keyFile = keyFile(section.get("key_file"), required(section, "key_file"));
        String keyId = optional(section, "key_id");
        String audience = optional(section, "audience");
        if (tokenUrl == null || clientId == null || subject == null || keyFile == null) {
            return null;
        }
        return new Auth.JwtAssertion(
                tokenUrl,
                clientId,
                clientSecret,
                Objects.requireNonNullElse(scope, DEFAULT_SCOPE),
                subject,
                keyFile,
                keyId,
                Objects.requireNonNullElse(audience, DEFAULT_AUDIENCE));
    }

    private @Nullable Path keyFile(Field field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Path file = folder.resolve(text).normalize();
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            // reported below
        }
        field.error("file " + text + " not found or not readable" + Charsets.fileNameHint(text));
        return null;
    }

    private @Nullable URI requiredUrl(Section section) {
        Field field = section.get("token_url");
        warnIfAbsent(field);
        return url(field);
    }

    /** Null if the key is missing, with a warning, or if its variable is not set, without a warning. */
    private static @Nullable String required(Section section, String key) {
        warnIfAbsent(section.get(key));
        return optional(section, key);
    }

    private static void warnIfAbsent(Field field) {
        if (field.isAbsent()) {
            field.warning("missing; servers with this auth are not polled");
        }
    }

    private static @Nullable String optional(Section section, String key) {
        String text = section.get(key).textIfSet();
        return text == null || text.isBlank() ? null : text;
    }
}
