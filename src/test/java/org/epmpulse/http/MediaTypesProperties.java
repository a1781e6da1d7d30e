package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Compares the check of a body's charset with a regular expression. */
class MediaTypesProperties {

    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]*)", Pattern.CASE_INSENSITIVE);

    private static final Endpoint JSON = new Endpoint(
            PathTemplate.of("/json"),
            Set.of("POST"),
            List.of("application/json"),
            EndpointPolicies.PUBLIC,
            () -> false,
            null,
            null);

    @Property
    void jsonMustBeUtf8(@ForAll("types") String type) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", type);

        boolean accepted = MediaTypes.accepts(JSON, headers);

        Matcher charset = CHARSET.matcher(type);
        boolean utf8 = !charset.find()
                || Set.of("utf-8", "utf8").contains(charset.group(1).toLowerCase(Locale.ROOT));
        assertThat(accepted).isEqualTo(isJson(type) && utf8);
    }

    private static boolean isJson(String type) {
        return type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(
                        "application/json",
                        "Application/JSON",
                        "text/json",
                        ";",
                        " ",
                        "\t",
                        "charset",
                        "Charset",
                        "=",
                        "\"",
                        "utf-8",
                        "UTF8",
                        "latin1",
                        "x")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts))
                .flatMap(rest -> Arbitraries.of("application/json" + rest, rest));
    }
}
