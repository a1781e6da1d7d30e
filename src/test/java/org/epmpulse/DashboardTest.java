package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What can be said of the dashboard without Grafana; that its queries find something is in {@link MonitoringIT}. */
class DashboardTest {

    private static final Path PROVISIONING = Path.of("deploy/grafana/provisioning");

    private final Dashboard dashboard = Dashboard.read();

    DashboardTest() throws IOException {}

    @Test
    void itHasAnAddressOfItsOwnAndNoNumberOfOurGrafana() {
        assertThat(dashboard.json().get("id").isNull()).isTrue();
        assertThat(dashboard.json().path("uid").asText()).isEqualTo("epmpulse");
        assertThat(dashboard.json().path("title").asText()).isEqualTo("EPMPulse");
        assertThat(dashboard.json().path("schemaVersion").asInt()).isEqualTo(39);
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() {
        assertThat(dashboard.panels()).hasSizeGreaterThan(15).allSatisfy(panel -> {
            assertThat(panel.title()).isNotBlank();
            assertThat(panel.json().path("description").asText()).endsWith(".");
            assertThat(panel.json().at("/fieldConfig/defaults/unit").asText()).isNotBlank();
            assertThat(panel.queries()).isNotEmpty().allMatch(query -> !query.isBlank());
        });
    }

    @Test
    void panelsHaveTheirOwnNumbersTitlesAndPlaces() {
        List<Dashboard.Panel> panels = dashboard.panels();

        assertThat(panels.stream().map(panel -> panel.json().path("id").asInt()))
                .doesNotHaveDuplicates()
                .doesNotContain(0);
        assertThat(panels.stream().map(Dashboard.Panel::title)).doesNotHaveDuplicates();
        assertThat(panels).allSatisfy(panel -> {
            assertThat(panel.at("x")).isNotNegative();
            assertThat(panel.at("y")).isNotNegative();
            assertThat(panel.at("w")).isPositive();
            assertThat(panel.at("h")).isPositive();
            assertThat(panel.at("x") + panel.at("w")).isLessThanOrEqualTo(24);
            assertThat(panels).noneMatch(other -> other != panel && other.overlaps(panel));
        });
    }

    @Test
    void allIsAskedOfTheDataSourceThatIsChosen() {
        JsonNode variable = dashboard.json().at("/templating/list/0");

        assertThat(variable.path("name").asText()).isEqualTo("datasource");
        assertThat(variable.path("type").asText()).isEqualTo("datasource");
        assertThat(variable.path("query").asText()).isEqualTo("prometheus");
        assertThat(dashboard.panels()).allSatisfy(panel -> {
            assertThat(panel.json().at("/datasource/uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.json().path("targets"))
                    .allSatisfy(target ->
                            assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}"));
        });
    }

    @Test
    void theProvisionedDataSourceIsScrapedAsOftenAsPrometheusDoes() throws Exception {
        JsonNode source =
                yaml(PROVISIONING.resolve("datasources/epmpulse.yaml")).at("/datasources/0");
        JsonNode prometheus = yaml(Path.of("deploy/prometheus/prometheus.yaml"));

        assertThat(source.path("type").asText()).isEqualTo("prometheus");
        assertThat(source.path("url").asText()).isEqualTo("$PROMETHEUS_URL");
        assertThat(source.at("/jsonData/timeInterval").asText())
                .isEqualTo(prometheus.at("/global/scrape_interval").asText());
    }

    @Test
    void grafanaLooksForDashboardsWhereTheReadmePutsThem() throws Exception {
        JsonNode provider =
                yaml(PROVISIONING.resolve("dashboards/epmpulse.yaml")).at("/providers/0");
        String folder = provider.at("/options/path").asText();

        assertThat(provider.path("type").asText()).isEqualTo("file");
        assertThat(Path.of("deploy/README.md"))
                .content()
                .contains("cp /opt/epmpulse/" + Dashboard.FILE + " " + folder + "/\n");
    }

    private static JsonNode yaml(Path file) throws IOException {
        return new YAMLMapper().readTree(Files.readString(file));
    }
}
