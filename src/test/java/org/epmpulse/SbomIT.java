package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tarball says of itself to programs that look for known vulnerabilities. */
class SbomIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path unpack() throws Exception {
        try (DirectoryStream<Path> tarballs = Files.newDirectoryStream(Path.of("target"), "epmpulse-*.tar.gz")) {
            Path tarball = tarballs.iterator().next().toAbsolutePath();
            Process tar = new ProcessBuilder(
                            "tar", "xzf", tarball.toString(), "--strip-components=1", "-C", folder.toString())
                    .inheritIO()
                    .start();
            assertThat(tar.waitFor()).isZero();
        }
        return folder;
    }

    /** The checksum of every jar by its name, but of the one that is a part of this program. */
    private static Map<String, String> otherJars(Path lib) throws Exception {
        Map<String, String> jars = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(lib)) {
            for (Path file : files) {
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                jars.put(file.getFileName().toString(), HexFormat.of().formatHex(sum));
            }
        }
        assertThat(jars.remove("epmpulse-sandbox.jar")).isNotNull();
        return jars;
    }

    private static String sha256(JsonNode component) {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asText().equals("SHA-256")) {
                return hash.path("content").asText();
            }
        }
        return "no SHA-256";
    }

    /** As the tarball names it; a classifier is only in the package URL. */
    private static String fileName(JsonNode component) {
        String classifier = component.path("purl").asText().replaceFirst(".*\\?(.*&)?classifier=([^&]*).*|.*", "$2");
        return component.path("name").asText() + "-" + component.path("version").asText()
                + (classifier.isEmpty() ? "" : "-" + classifier) + ".jar";
    }

    @Test
    void theBillOfMaterialsListsExactlyTheJarsThatAreShipped() throws Exception {
        Path unpacked = unpack();
        JsonNode sbom = JSON.readTree(unpacked.resolve("sbom.json").toFile());

        Map<String, String> listed = new TreeMap<>();
        sbom.path("components").forEach(component -> listed.put(fileName(component), sha256(component)));

        assertThat(listed)
                .as("sbom.json is written once, mvn clean after a change of dependencies")
                .isEqualTo(otherJars(unpacked.resolve("lib")));
    }

    @Test
    void theBillOfMaterialsIsOfThisProgramAndNothingInItChangesFromBuildToBuild() throws Exception {
        JsonNode sbom = JSON.readTree(Path.of("target/sbom.json").toFile());

        assertThat(sbom.at("/metadata/component/purl").asText()).startsWith("pkg:maven/org.epmpulse/epmpulse@");
        assertThat(sbom.path("components"))
                .allSatisfy(component -> assertThat(component.path("licenses").isEmpty())
                        .as(component.path("purl").asText())
                        .isFalse());
        assertThat(sbom.has("serialNumber")).isFalse();
        assertThat(sbom.path("metadata").has("timestamp")).isFalse();
    }

    @Test
    void noShippedLibraryHasAnAdvisoryThatWasNotJudged() throws Exception {
        JsonNode components =
                JSON.readTree(Path.of("target/sbom.json").toFile()).path("components");

        for (Advisories.Advisory advisory : Advisories.read()) {
            List<String> shipped = new ArrayList<>();
            List<String> affected = new ArrayList<>();
            for (JsonNode component : components) {
                String group = component.path("group").asText();
                String name = component.path("name").asText();
                if (advisory.isAbout(group, name)) {
                    shipped.add(component.path("purl").asText());
                    if (advisory.affects(group, name, component.path("version").asText())) {
                        affected.add(component.path("purl").asText());
                    }
                }
            }
            switch (advisory.verdict()) {
                case "not affected" ->
                    assertThat(affected)
                            .as("%s applies to no shipped version any more: change its verdict", advisory)
                            .isNotEmpty();
                case "not shipped" -> assertThat(shipped).as("%s", advisory).isEmpty();
                default -> {
                    assertThat(shipped)
                            .as("%s is about a library that is not shipped", advisory)
                            .isNotEmpty();
                    assertThat(affected)
                            .as("%s: update the library, or judge it in docs/advisories.json", advisory)
                            .isEmpty();
                }
            }
        }
    }
}
