package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.epmpulse.Advisories.Advisory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of advisories is complete in itself, and SECURITY.md shows it. {@link SbomIT} compares it with the build. */
class AdvisoryListTest {

    private static final Pattern ID = Pattern.compile("\\b(?:CVE-\\d{4}-\\d+|GHSA(?:-[0-9a-z]{4}){3})\\b");

    @Test
    void everyEntryHasARangeAndAVerdictAndEveryExceptionAReasonAndATest() throws Exception {
        assertThat(Advisories.read()).hasSizeGreaterThan(50).allSatisfy(advisory -> {
            assertThat(advisory.id()).matches(ID);
            assertThat(advisory.component()).matches("[a-z0-9.-]+:([A-Za-z0-9.-]+|\\*)");
            assertThat(advisory.hasValidRange()).as(advisory.affected()).isTrue();
            if (advisory.verdict().equals("not affected")) {
                assertThat(advisory.reason()).isNotBlank();
                try (var files = Files.walk(Path.of("src/test/java"))) {
                    assertThat(files.map(file -> file.getFileName().toString())).contains(advisory.test() + ".java");
                }
            } else {
                assertThat(advisory.verdict()).isIn("fixed", "not shipped");
            }
        });
    }

    @Test
    void securityMdShowsTheSameAdvisories() throws Exception {
        Set<String> listed =
                Advisories.read().stream().map(Advisory::id).collect(Collectors.toCollection(TreeSet::new));

        Set<String> shown = ID.matcher(Files.readString(Path.of("SECURITY.md")))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(shown).isEqualTo(listed);
    }

    @ParameterizedTest
    @CsvSource({
        "Netty, netty",
        "Vert.x, vertx",
        "HttpCore, httpcore5",
        "HttpClient, httpclient5",
        "Log4j, log4j",
        "Jackson, jackson"
    })
    void securityMdNamesTheShippedVersion(String library, String property) throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        String version = pom.replaceFirst("(?s).*<" + property + "\\.version>([0-9.]+?)(\\.Final)?</.*", "$1");

        assertThat(Files.readString(Path.of("SECURITY.md"))).contains("| " + library + " " + version + " |");
    }

    /** What was shipped before the list existed. */
    @ParameterizedTest
    @CsvSource({
        "io.netty, netty-codec-http, 4.1.130.Final",
        "io.netty, netty-handler, 4.1.136.Final",
        "io.vertx, vertx-core, 4.5.24",
        "org.apache.httpcomponents.core5, httpcore5, 5.3.6",
        "org.apache.httpcomponents.client5, httpclient5, 5.5.1",
        "org.apache.logging.log4j, log4j-layout-template-json, 2.25.3",
        "com.fasterxml.jackson.core, jackson-databind, 2.19.4",
        "com.mchange, c3p0, 0.11.2"
    })
    void anAffectedVersionIsFound(String group, String name, String version) throws Exception {
        List<Advisory> affecting = Advisories.read().stream()
                .filter(advisory -> advisory.affects(group, name, version))
                .filter(advisory -> !advisory.verdict().equals("not affected"))
                .toList();

        assertThat(affecting).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"4.1.137.Final, 4.1.137, 0", "4.1.9, 4.1.10, -1", "5.4, 5.4.0, 0", "2.21, 2.9, 12", "1.0-1, 1.0, 1"})
    void versionsAreComparedByTheirNumbers(String one, String other, int sign) {
        assertThat(Integer.signum(Advisories.compare(one, other))).isEqualTo(Integer.signum(sign));
    }
}
