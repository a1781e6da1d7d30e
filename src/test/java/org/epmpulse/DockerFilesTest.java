package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What can be said of the files for Docker without an engine; {@link DockerIT} runs what the image would. */
class DockerFilesTest {

    private static final Path COMPOSE = Path.of("deploy/docker/compose.yaml");
    private static final Predicate<String> EXACT_TAG =
            Pattern.compile("[a-z./-]+:v?\\d+\\.\\d+\\.\\d+[a-z0-9._-]*").asMatchPredicate();
    private static final Predicate<String> FULL_NAME =
            Pattern.compile("docker\\.io/[a-z-]+/[a-z-]+:\\S+").asMatchPredicate();

    private final Dockerfile dockerfile = Dockerfile.read();
    private final JsonNode compose = yaml(COMPOSE);

    DockerFilesTest() throws IOException {}

    private static JsonNode yaml(Path file) throws IOException {
        return new YAMLMapper().readTree(Files.readString(file));
    }

    private List<JsonNode> services() {
        return stream(compose.path("services")).toList();
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static List<String> texts(JsonNode array) {
        return stream(array).map(JsonNode::asText).toList();
    }

    @Test
    void everyImageIsNamedExactly() {
        assertThat(dockerfile.all("FROM"))
                .allSatisfy(from -> assertThat(from.words().get(0)).matches(FULL_NAME.and(EXACT_TAG)));
        assertThat(services()).hasSize(3).allSatisfy(service -> assertThat(
                        service.path("image").asText())
                .matches(EXACT_TAG));
        // Podman and others do not know where a short name belongs; ours is built here.
        assertThat(services().subList(1, 3))
                .allSatisfy(
                        service -> assertThat(service.path("image").asText()).matches(FULL_NAME));
    }

    @Test
    void theImageIsNamedAfterTheVersion() throws Exception {
        Matcher pom = new Matcher(Path.of("pom.xml"), "<artifactId>epmpulse</artifactId>\\s*<version>(.+)</version>");
        String image = "epmpulse:" + pom.first();

        assertThat(compose.at("/services/epmpulse/image").asText()).isEqualTo(image);
        assertThat(Dockerfile.FILE).content().contains("-t " + image + " ");
    }

    private record Matcher(Path file, String regex) {

        String first() throws IOException {
            return all().findFirst().orElseThrow().group(1);
        }

        Stream<MatchResult> all() throws IOException {
            return Pattern.compile(regex).matcher(Files.readString(file)).results().toList().stream();
        }
    }

    @Test
    void nothingRunsWithRightsOrOnARootThatCanBeWritten() {
        assertThat(dockerfile.only("USER").arguments()).isEqualTo("18800:18800");
        assertThat(dockerfile.only("VOLUME").arguments()).isEqualTo("/opt/epmpulse/data");
        assertThat(services()).allSatisfy(service -> {
            assertThat(service.path("read_only").asBoolean()).isTrue();
            assertThat(texts(service.path("cap_drop"))).containsExactly("ALL");
            assertThat(texts(service.path("security_opt"))).containsExactly("no-new-privileges:true");
        });
        assertThat(compose.at("/services/epmpulse/tmpfs").asText()).isEqualTo("/tmp");
        assertThat(texts(compose.at("/services/epmpulse/volumes"))).contains("data:/opt/epmpulse/data");
    }

    @Test
    void everyPortIsOnThisHostOnly() {
        assertThat(services())
                .flatMap(service -> texts(service.path("ports")))
                .hasSize(3)
                .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
    }

    @Test
    void secretsComeFromOutsideAndMustBeThere() throws Exception {
        assertThat(compose.at("/services/epmpulse/environment/EPMPULSE_API_KEY").asText())
                .startsWith("${EPMPULSE_API_KEY:?");
        assertThat(compose.at("/services/grafana/environment/GF_SECURITY_ADMIN_PASSWORD")
                        .asText())
                .startsWith("${GRAFANA_PASSWORD:?");
        assertThat(new Matcher(COMPOSE, "(?im)^ *\\w*(?:KEY|PASSWORD|SECRET|TOKEN): (.*)$").all())
                .hasSize(2)
                .allSatisfy(secret -> assertThat(secret.group(1)).startsWith("${"));
    }

    @Test
    void everySettingIsOneOfEpmPulse() throws Exception {
        Set<String> settings = new Matcher(Path.of(".env.example"), "(?m)^#([A-Z_]+)=")
                .all()
                .map(setting -> setting.group(1))
                .collect(Collectors.toSet());

        for (Path file : List.of(COMPOSE, Dockerfile.FILE)) {
            assertThat(new Matcher(file, "\\b((?:EPMPULSE|SLACK|EPM)_[A-Z_]+)\\b")
                            .all()
                            .map(name -> name.group(1)))
                    .isSubsetOf(settings);
        }
    }

    @Test
    void whatIsMountedIsShippedOrMadeByTheScript() throws Exception {
        List<String> sources = services().stream()
                .flatMap(service -> texts(service.path("volumes")).stream())
                .map(volume -> volume.substring(0, volume.indexOf(':')))
                .toList();

        assertThat(sources).contains("data", "./secrets/epmpulse", "../grafana/epmpulse.json");
        assertThat(sources).allSatisfy(source -> {
            if (!source.startsWith(".")) {
                assertThat(compose.path("volumes").has(source)).isTrue();
            } else if (source.startsWith("./secrets/")) {
                assertThat(Path.of("deploy/docker/secrets.sh")).content().contains(source.substring(2));
            } else {
                assertThat(COMPOSE.resolveSibling(source)).exists();
            }
        });
    }

    @Test
    void prometheusFindsTheProgramItsKeyAndItsRules() throws Exception {
        JsonNode host = yaml(Path.of("deploy/prometheus/prometheus.yaml"));
        JsonNode container = yaml(COMPOSE.resolveSibling("prometheus.yaml"));
        JsonNode job = container.at("/scrape_configs/0");

        assertThat(container.path("global")).isEqualTo(host.path("global"));
        assertThat(container.path("rule_files")).isEqualTo(host.path("rule_files"));
        assertThat(job.path("job_name")).isEqualTo(host.at("/scrape_configs/0/job_name"));
        assertThat(job.path("metrics_path")).isEqualTo(host.at("/scrape_configs/0/metrics_path"));
        assertThat(texts(job.at("/static_configs/0/targets")))
                .containsExactly("epmpulse:" + dockerfile.only("EXPOSE").arguments());
        assertThat(job.at("/authorization/credentials_file").asText()).isEqualTo("/run/secrets/prometheus/key");
        assertThat(texts(compose.at("/services/prometheus/volumes")))
                .contains(
                        "./secrets/prometheus:/run/secrets/prometheus:ro",
                        "../prometheus/rules.yaml:/etc/prometheus/rules.yaml:ro");
        assertThat(texts(compose.at("/services/epmpulse/volumes")))
                .contains("./secrets/epmpulse:/run/secrets/epmpulse:ro");
    }

    @Test
    void grafanaFindsPrometheusAndTheDashboard() throws Exception {
        JsonNode grafana = compose.at("/services/grafana");
        JsonNode provider = yaml(Path.of("deploy/grafana/provisioning/dashboards/epmpulse.yaml"));

        assertThat(grafana.at("/environment/PROMETHEUS_URL").asText()).isEqualTo("http://prometheus:9090");
        assertThat(texts(grafana.path("volumes")))
                .contains(
                        "../grafana/provisioning:/etc/grafana/provisioning:ro",
                        "../grafana/epmpulse.json:"
                                + provider.at("/providers/0/options/path").asText() + "/epmpulse.json:ro");
    }

    @Test
    void theContextHoldsWhatIsCopiedAndNothingElse() throws Exception {
        List<String> ignored = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        List<String> copied = dockerfile.copies().stream()
                .flatMap(copy -> copy.words().subList(0, copy.words().size() - 1).stream())
                .toList();

        assertThat(ignored.get(0)).isEqualTo("*");
        assertThat(ignored.subList(1, ignored.size()))
                .containsExactlyInAnyOrderElementsOf(
                        copied.stream().map(name -> "!" + name).toList());
    }
}
