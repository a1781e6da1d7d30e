package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What can be said of the files for several nodes without Docker, Kubernetes and nginx. */
class DeployClusterTest {

    private static final Path DEPLOY = Path.of("deploy");
    private static final Path COMPOSE = DEPLOY.resolve("docker/compose.cluster.yaml");
    private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "Namespace", Namespace.class,
            "ConfigMap", ConfigMap.class,
            "Deployment", Deployment.class,
            "Service", Service.class,
            "PodDisruptionBudget", PodDisruptionBudget.class,
            "NetworkPolicy", NetworkPolicy.class,
            "Ingress", Ingress.class);

    /** An unknown field is an error here: the classes would keep it for a later version of Kubernetes. */
    private static final ObjectMapper STRICT = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated member) {
                    return false;
                }
            })
            .build();

    private final JsonNode compose = composeFile();
    private final Dockerfile dockerfile = Dockerfile.read();

    DeployClusterTest() throws IOException {}

    /** With the anchors and merge keys resolved. */
    private static JsonNode composeFile() throws IOException {
        return new ObjectMapper().valueToTree(new Yaml().<Object>load(Files.readString(COMPOSE)));
    }

    private static String read(String file) throws IOException {
        return Files.readString(DEPLOY.resolve(file));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static List<String> texts(JsonNode array) {
        return stream(array).map(JsonNode::asText).toList();
    }

    private static Stream<String> groups(String text, String regex) {
        return Pattern.compile(regex).matcher(text).results().map(match -> match.group(1));
    }

    private List<JsonNode> nodes() {
        return List.of(compose.at("/services/a"), compose.at("/services/b"));
    }

    private static int seconds(String duration) {
        assertThat(duration).matches("\\d+s");
        return Integer.parseInt(duration.replace("s", ""));
    }

    private static int stopTimeOfTheUnit(String file) throws IOException {
        return groups(read(file), "(?m)^TimeoutStopSec=(\\d+)$")
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElseThrow();
    }

    // ---- compose

    @Test
    void nodesDifferInNameAddressAndPortOnly() {
        List<String> rest = nodes().stream()
                .map(node ->
                        node.toString().replaceAll("\"EPMPULSE_NODE\":\"[ab]\"|172\\.30\\.0\\.1[12]|1880[12]:", ""))
                .toList();

        assertThat(rest.get(0)).isEqualTo(rest.get(1));
        assertThat(nodes())
                .extracting(node -> node.at("/environment/EPMPULSE_NODE").asText())
                .containsExactly("a", "b");
    }

    @Test
    void nothingInComposeRunsWithRightsOrOnARootThatCanBeWritten() {
        assertThat(compose.path("services")).hasSize(4).allSatisfy(service -> {
            assertThat(service.path("read_only").asBoolean()).isTrue();
            assertThat(texts(service.path("cap_drop"))).containsExactly("ALL");
            assertThat(texts(service.path("security_opt"))).containsExactly("no-new-privileges:true");
            assertThat(service.path("restart").asText()).isEqualTo("unless-stopped");
            assertThat(service.path("image").asText())
                    .matches("(docker\\.io/[a-z]+/[a-z]+|epmpulse):\\d+\\.\\d+[a-z0-9._-]*");
        });
        assertThat(compose.at("/services/database/user").asText()).isEqualTo("999:999");
        assertThat(compose.at("/services/proxy/user").asText()).isEqualTo("101:101");
        assertThat(nodes()).allSatisfy(node -> assertThat(texts(node.path("tmpfs")))
                .containsExactly("/tmp", "/opt/epmpulse/data:uid=18800,gid=18800,mode=0700"));
    }

    @Test
    void theDatabaseIsNotPublishedAndAllOtherPortsAreOnThisHostOnly() {
        assertThat(compose.at("/services/database/ports").isMissingNode()).isTrue();
        assertThat(stream(compose.path("services")).flatMap(service -> texts(service.path("ports")).stream()))
                .hasSize(3)
                .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
    }

    @Test
    void theImageOfComposeIsThatOfTheDockerfileAndAskedWhetherItLives() throws Exception {
        String version = groups(
                        Files.readString(Path.of("pom.xml")),
                        "<artifactId>epmpulse</artifactId>\\s*<version>(.+)</version>")
                .findFirst()
                .orElseThrow();
        List<String> ofTheImage = groups(dockerfile.only("HEALTHCHECK").arguments(), "\"((?:[^\"\\\\]|\\\\.)*)\"")
                .map(word -> word.replace("\\\"", "\"").replace("\\\\", "\\"))
                .toList();

        assertThat(nodes()).allSatisfy(node -> {
            assertThat(node.path("image").asText()).isEqualTo("epmpulse:" + version);
            List<String> test = texts(node.at("/healthcheck/test"));
            assertThat(test.get(0)).isEqualTo("CMD");
            assertThat(test.subList(1, test.size()))
                    .containsExactlyElementsOf(ofTheImage.stream()
                            .map(word -> word.replace("GET /health ", "GET /health/live ")
                                    .replace("$", "$$"))
                            .toList());
        });
    }

    @Test
    void aNodeInComposeHasTimeToStop() throws Exception {
        assertThat(nodes()).allSatisfy(node -> assertThat(
                        seconds(node.path("stop_grace_period").asText()))
                .isEqualTo(stopTimeOfTheUnit("systemd/cluster.conf")));
    }

    @Test
    void secretsOfComposeComeFromOutside() throws Exception {
        assertThat(groups(Files.readString(COMPOSE), "(?im)^ *\\w*(?:KEY|PASSWORD|SECRET|TOKEN): (.*)$"))
                .hasSize(1)
                .allMatch(secret -> secret.startsWith("${"));
        assertThat(stream(compose.path("services"))
                        .flatMap(service -> stream(service.path("environment")))
                        .map(JsonNode::asText)
                        .filter(value -> value.startsWith("/run/secrets/")))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(read("docker/secrets.sh") + read("docker/secrets-cluster.sh"))
                        .contains(file.replace("/run/", "")));
    }

    @Test
    void whatComposeMountsIsShippedOrMadeByTheScript() throws Exception {
        List<String> sources = stream(compose.path("services"))
                .flatMap(service -> texts(service.path("volumes")).stream())
                .map(volume -> volume.substring(0, volume.indexOf(':')))
                .distinct()
                .toList();

        assertThat(sources).contains("database", "./database.sql", "./nginx.cluster.conf", "./secrets/database");
        assertThat(sources).allSatisfy(source -> {
            if (!source.startsWith(".")) {
                assertThat(compose.path("volumes").has(source)).isTrue();
            } else if (source.startsWith("./secrets/")) {
                assertThat(read("docker/secrets.sh") + read("docker/secrets-cluster.sh"))
                        .contains(source.substring(2));
            } else {
                assertThat(COMPOSE.resolveSibling(source)).exists();
            }
        });
    }

    @Test
    void theProxyOfComposeFindsTheNodesWhichTrustIt() throws Exception {
        String port = dockerfile.only("EXPOSE").arguments();
        List<String> addresses = nodes().stream()
                .map(node -> node.at("/networks/default/ipv4_address").asText() + ":" + port)
                .toList();
        String proxy =
                compose.at("/services/proxy/networks/default/ipv4_address").asText();
        String gateway = compose.at("/networks/default/ipam/config/0/gateway").asText();

        assertThat(groups(read("docker/nginx.cluster.conf"), "\n +server ([^ ]+) max_fails"))
                .containsExactlyElementsOf(addresses);
        assertThat(nodes()).allSatisfy(node -> assertThat(node.at("/environment/EPMPULSE_TRUSTED_PROXIES")
                        .asText()
                        .split(","))
                .containsExactly(gateway, proxy));
        assertThat(texts(compose.at("/services/proxy/ports")))
                .containsExactly("127.0.0.1:18800:"
                        + groups(read("docker/nginx.cluster.conf"), "listen (\\d+);")
                                .findFirst()
                                .orElseThrow());
    }

    @Test
    void theNodesOfComposeVerifyTheCertificateOfTheDatabase() throws Exception {
        assertThat(nodes()).allSatisfy(node -> assertThat(
                        node.at("/environment/EPMPULSE_DATABASE_URL").asText())
                .startsWith("postgresql://database/epmpulse?")
                .contains("sslmode=verify-full", "sslrootcert=/run/secrets/epmpulse/database-ca.pem"));
        assertThat(read("docker/secrets-cluster.sh")).contains("subjectAltName=DNS:database\\n");
        assertThat(read("docker/database.sql"))
                .contains("CREATE ROLE epmpulse LOGIN", "OWNER epmpulse ENCODING 'UTF8'")
                .doesNotContain("SUPERUSER");
    }

    // ---- nginx

    private static List<String> directives(String nginx) {
        return nginx.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** In the nginx files for several nodes: the text of a 504, when it is not known whether an update was recorded. */
    private static final List<String> MAPS = List.of(
            "map \"$request_method $upstream_bytes_sent\" $epmpulse_unknown {",
            "map $http_idempotency_key $epmpulse_has_key {",
            "map $http_idempotency_key $epmpulse_advice {");

    private static List<String> block(String nginx, String head) {
        List<String> lines = directives(nginx);
        int first = lines.indexOf(head);
        assertThat(first).as(head).isNotNegative();
        return lines.subList(first, first + lines.subList(first, lines.size()).indexOf("}") + 1);
    }

    @Test
    void nginxForSeveralNodesDiffersFromThatForOneInTheUpstreamOnly() throws Exception {
        List<String> one = new ArrayList<>(directives(read("nginx/epmpulse.conf")));
        one.removeAll(List.of("server 127.0.0.1:18800;", "proxy_connect_timeout 5s;"));
        String cluster = read("nginx/epmpulse-cluster.conf");
        List<String> several = new ArrayList<>(directives(cluster));
        List<String> heads = new ArrayList<>(MAPS);
        heads.add("if ($epmpulse_unknown) {");
        for (String head : heads) {
            List<String> added = block(cluster, head);
            int first = Collections.indexOfSubList(several, added);
            several.subList(first, first + added.size()).clear();
        }
        several.removeIf(line -> line.matches(
                "(zone|keepalive_timeout|proxy_connect_timeout|proxy_next_upstream.*|server [\\d.]+:\\d+) .*"));

        assertThat(several).containsExactlyElementsOf(one);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx/epmpulse-cluster.conf", "docker/nginx.cluster.conf"})
    void noUpdateIsSentTwiceAndNoHonestReplyTakesANodeAway(String file) throws Exception {
        assertThat(groups(read(file), "(?m)^ *(proxy_next_upstream .*;)$"))
                .containsExactly("proxy_next_upstream error timeout;");
        assertThat(block(read(file), "upstream epmpulse {"))
                .contains("zone epmpulse_nodes 64k;", "keepalive_timeout 4s;")
                .filteredOn(line -> line.startsWith("server "))
                .hasSize(2)
                .allMatch(line -> line.endsWith(":18800 max_fails=1 fail_timeout=2s;"));
        for (String map : MAPS) {
            assertThat(block(read(file), map)).isEqualTo(block(read("nginx/epmpulse-cluster.conf"), map));
        }
    }

    // ---- systemd

    @Test
    void aNodeUnderSystemdHasTheTimeOfTheUnitAndTheStopDelay() throws Exception {
        assertThat(stopTimeOfTheUnit("systemd/cluster.conf"))
                .isGreaterThanOrEqualTo(stopTimeOfTheUnit("epmpulse.service") + 10);
        assertThat(directives(read("systemd/cluster.conf"))).noneMatch(line -> line.startsWith("After="));
    }

    // ---- Kubernetes

    private static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(KUBERNETES)) {
            return files.filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static <T extends HasMetadata> T manifest(Class<T> type) throws IOException {
        return STRICT.readValue(
                Files.readString(KUBERNETES.resolve(type.getSimpleName().toLowerCase(Locale.ROOT) + ".yaml")), type);
    }

    private static PodSpec pod() throws IOException {
        return manifest(Deployment.class).getSpec().getTemplate().getSpec();
    }

    private static Container container() throws IOException {
        assertThat(pod().getContainers()).hasSize(1);
        return pod().getContainers().get(0);
    }

    @Test
    void everyManifestIsWhatKubernetesKnows() throws Exception {
        for (Path file : manifests()) {
            JsonNode tree = STRICT.readTree(Files.readString(file));
            Class<? extends HasMetadata> type = KINDS.get(tree.path("kind").asText());
            assertThat(type).as(file.toString()).isNotNull();

            HasMetadata parsed = STRICT.readValue(Files.readString(file), type);

            assertThat(parsed.getApiVersion()).isEqualTo(HasMetadata.getApiVersion(type));
            assertThat(parsed.getMetadata().getName()).startsWith("epmpulse");
        }
    }

    @Test
    void theKustomizationHasAllButTheExampleAndTheVersion() throws Exception {
        JsonNode kustomization = STRICT.readTree(Files.readString(KUBERNETES.resolve("kustomization.yaml")));
        String image = nodes().get(0).path("image").asText();

        assertThat(texts(kustomization.path("resources")))
                .containsExactlyInAnyOrderElementsOf(manifests().stream()
                        .map(file -> file.getFileName().toString())
                        .filter(name -> !name.equals("ingress.yaml"))
                        .toList());
        assertThat(kustomization.at("/images/0/name").asText())
                .isEqualTo(container().getImage());
        assertThat(container().getImage() + ":"
                        + kustomization.at("/images/0/newTag").asText())
                .isEqualTo(image);
    }

    @Test
    void allObjectsMeanTheSamePods() throws Exception {
        Deployment deployment = manifest(Deployment.class);
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        Service service = manifest(Service.class);

        assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(service.getSpec().getSelector()).isEqualTo(labels);
        assertThat(manifest(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(manifest(NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(container().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getContainerPort().toString())
                    .isEqualTo(dockerfile.only("EXPOSE").arguments());
            assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal())
                    .isEqualTo(port.getName());
            assertThat(manifest(NetworkPolicy.class)
                            .getSpec()
                            .getIngress()
                            .get(0)
                            .getPorts()
                            .get(0)
                            .getPort()
                            .getIntVal())
                    .isEqualTo(port.getContainerPort());
        });
        assertThat(manifest(Ingress.class).getSpec().getRules().get(0).getHttp().getPaths())
                .singleElement()
                .satisfies(path -> {
                    assertThat(path.getBackend().getService().getName())
                            .isEqualTo(service.getMetadata().getName());
                    assertThat(path.getBackend().getService().getPort().getName())
                            .isEqualTo(service.getSpec().getPorts().get(0).getName());
                });
    }

    @Test
    void anUpgradeNeverLeavesFewerPodsThanBefore() throws Exception {
        Deployment deployment = manifest(Deployment.class);

        assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal())
                .isPositive();
        assertThat(manifest(PodDisruptionBudget.class)
                        .getSpec()
                        .getMinAvailable()
                        .getIntVal())
                .isEqualTo(1);
        int delay = seconds(manifest(ConfigMap.class).getData().get("EPMPULSE_STOP_DELAY"));
        assertThat(pod().getTerminationGracePeriodSeconds())
                .isGreaterThanOrEqualTo(stopTimeOfTheUnit("epmpulse.service") + delay);
    }

    @Test
    void probesDoNotDependOnTheDatabase() throws Exception {
        assertThat(container().getStartupProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        assertThat(container().getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        assertThat(container().getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
    }

    @Test
    void aPodHasNoRightsAndCannotWriteItsRoot() throws Exception {
        Container container = container();

        assertThat(pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod().getSecurityContext().getRunAsUser() + ":"
                        + pod().getSecurityContext().getRunAsGroup())
                .isEqualTo(dockerfile.only("USER").arguments());
        assertThat(pod().getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(manifest(Namespace.class).getMetadata().getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    @Test
    void everyMountHasItsVolumeAndTheGuideMakesWhatIsNotShipped() throws Exception {
        List<Volume> volumes = pod().getVolumes();
        String kubernetes = guide("### Kubernetes\n", "\n### |\n## ");

        assertThat(container().getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        volumes.stream().map(Volume::getName).toList());
        assertThat(volumes)
                .filteredOn(volume -> volume.getConfigMap() != null)
                .isNotEmpty()
                .allSatisfy(volume -> assertThat(kubernetes)
                        .contains("create configmap " + volume.getConfigMap().getName() + " "));
        assertThat(volumes)
                .filteredOn(volume -> volume.getSecret() != null)
                .singleElement()
                .satisfies(volume -> {
                    assertThat(kubernetes)
                            .contains("create secret generic "
                                    + volume.getSecret().getSecretName() + " ");
                    assertThat(volume.getSecret().getItems())
                            .extracting(KeyToPath::getKey)
                            .allSatisfy(key -> assertThat(kubernetes).contains("--from-file=" + key + "="));
                    List<String> files = volume.getSecret().getItems().stream()
                            .map(item -> "/run/secrets/epmpulse/" + item.getPath())
                            .toList();
                    assertThat(String.join(
                                    " ", manifest(ConfigMap.class).getData().values()))
                            .contains(files);
                });
        assertThat(container().getEnv())
                .filteredOn(variable -> variable.getValueFrom().getSecretKeyRef() != null)
                .singleElement()
                .satisfies(variable -> assertThat(kubernetes)
                        .contains("--from-literal="
                                + variable.getValueFrom().getSecretKeyRef().getKey() + "="));
    }

    // ---- all of them

    private static String guide(String from, String to) throws IOException {
        String[] parts = read("README.md").split("\n" + from, 2);
        assertThat(parts).as(from).hasSize(2);
        return parts[1].split(to)[0];
    }

    @Test
    void everySettingOfTheFilesIsOneOfEpmPulse() throws Exception {
        Set<String> known = groups(Files.readString(Path.of(".env.example")), "(?m)^#([A-Z_]+)=")
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> used = new TreeSet<>();
        for (Path file : List.of(COMPOSE, KUBERNETES.resolve("configmap.yaml"))) {
            groups(Files.readString(file), "\\b((?:EPMPULSE|SLACK|EPM)_[A-Z_]+)\\b")
                    .forEach(used::add);
        }
        container().getEnv().stream().map(EnvVar::getName).forEach(used::add);

        assertThat(used)
                .contains("EPMPULSE_DATABASE_URL", "EPMPULSE_NODE", "EPMPULSE_STOP_DELAY")
                .isSubsetOf(known);
    }

    /** Those of Java and the libraries have names of their own. */
    @Test
    void everyMetricOfTheRulesAndTheDashboardIsDocumented() throws Exception {
        Set<String> documented = groups(read("README.md"), "\n\\| `(\\w+)` \\| (?:counter|gauge|histogram) \\|")
                .collect(Collectors.toCollection(TreeSet::new));
        Pattern metric = Pattern.compile("\\b(epmpulse_\\w+|disk_\\w+_bytes)\\b");
        Set<String> used = Stream.concat(
                        stream(STRICT.readTree(read("prometheus/rules.yaml")).at("/groups/0/rules"))
                                .map(rule -> rule.path("expr").asText()),
                        Dashboard.read().panels().stream().flatMap(panel -> panel.queries().stream()))
                .flatMap(query -> metric.matcher(query).results().map(MatchResult::group))
                .map(name -> name.replaceAll("_(bucket|sum|count)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).contains("epmpulse_active", "epmpulse_revisions_lost_total", "epmpulse_journal_lock_seconds");
        assertThat(documented).containsAll(used);
    }

    @Test
    void theLogLinesOfTheGuideAreThoseOfTheProgram() throws Exception {
        List<String> constants = StringConstants.of(Path.of(EpmPulse.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()));
        List<String> quoted = groups(
                        guide("## Several nodes\n", "\n## "), "\n\\| `((?:Cluster|Journal|Database): [^`]+)` \\|")
                .toList();

        assertThat(quoted).hasSizeGreaterThan(3).allSatisfy(line -> assertThat(constants)
                .anyMatch(constant -> constant.startsWith(line.split("…")[0])));
    }

    @Test
    void theGuideNamesEveryFileForSeveralNodes() throws Exception {
        String chapter = guide("## Several nodes\n", "\n## ");

        assertThat(chapter)
                .contains(
                        "deploy/nginx/epmpulse-cluster.conf",
                        "deploy/systemd/cluster.conf",
                        "compose.cluster.yaml",
                        "secrets-cluster.sh",
                        "deploy/kubernetes");
    }
}
