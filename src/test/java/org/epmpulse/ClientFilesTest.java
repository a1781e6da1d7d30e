package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of {@code deploy/clients/} that no test can run, and what they say of each other. */
class ClientFilesTest {

    private static final Path CLIENTS = Path.of("deploy/clients");
    private static final Pattern OPTION = Pattern.compile("(--[a-z][a-z-]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode yaml(String name) throws Exception {
        LoadSettings settings = LoadSettings.builder().setLabel(name).build();
        return JSON.valueToTree(new Load(settings)
                .loadFromString(Files.readString(CLIENTS.resolve("ci").resolve(name))));
    }

    /** Every command line runs the client with options that it has. */
    private static void assertRunsExec(String commandLine) throws Exception {
        assertThat(commandLine).containsPattern("epmpulse\\.(sh|ps1) exec ").containsPattern(" -- \\S+");
        String options = commandLine.substring(commandLine.indexOf(" exec "), commandLine.indexOf(" -- "));
        Matcher option = OPTION.matcher(options);
        String client = Files.readString(
                CLIENTS.resolve(commandLine.contains(".ps1") ? "powershell/epmpulse.ps1" : "shell/epmpulse.sh"));
        while (option.find()) {
            assertThat(client).contains(option.group(1));
        }
        assertThat(options).contains("--app Planning", "--domain ", "--job-id ");
    }

    @Test
    void theSnippetForGitHubHasAnAddressAndAKey() throws Exception {
        JsonNode job = yaml("github-actions.yaml").at("/jobs/load");

        assertThat(job.at("/env/EPMPULSE_API_KEY").asText()).isEqualTo("${{ secrets.EPMPULSE_API_KEY }}");
        assertThat(job.at("/env").has("EPMPULSE_URL")).isTrue();
        assertThat(job.at("/steps/0/uses").asText()).startsWith("actions/checkout@");
        assertRunsExec(job.at("/steps/1/run").asText());
    }

    @Test
    void theSnippetForGitLabIsAJob() throws Exception {
        JsonNode job = yaml("gitlab-ci.yaml").at("/load-actuals");

        assertThat(job.path("script")).hasSize(1);
        assertRunsExec(job.at("/script/0").asText());
    }

    @Test
    void theSnippetForAzureRunsTheShellAndPowerShell() throws Exception {
        JsonNode jobs = yaml("azure-pipelines.yaml").path("jobs");

        assertThat(jobs.findValuesAsText("job")).containsExactly("linux", "windows");
        for (JsonNode job : jobs) {
            JsonNode step = job.at("/steps/0");
            assertThat(step.at("/env/EPMPULSE_API_KEY").asText()).isEqualTo("$(EPMPULSE_API_KEY)");
            assertRunsExec(step.path(job.path("job").asText().equals("linux") ? "bash" : "script")
                    .asText());
        }
    }

    @Test
    void theJenkinsfileRunsExecWithACredential() throws Exception {
        String file = Files.readString(CLIENTS.resolve("ci/Jenkinsfile"));
        String script =
                file.substring(file.indexOf("'''") + 3, file.lastIndexOf("'''")).replace("\\\n", " ");

        assertThat(file).contains("withCredentials([string(credentialsId:", "variable: 'EPMPULSE_API_KEY'");
        assertRunsExec(script.replaceAll("\\s+", " "));
    }

    @Test
    void everyClientHasTheOptionsOfTheReadme() throws Exception {
        String readme = Files.readString(CLIENTS.resolve("README.md"));
        String table = readme.substring(readme.indexOf("| option | meaning |"), readme.indexOf("[ci](ci)"));
        List<String> options = Pattern.compile("(?m)^\\| `(--[a-z-]+)`")
                .matcher(table)
                .results()
                .map(result -> result.group(1))
                .toList();

        assertThat(options).hasSize(7);
        for (String client : List.of("python/epmpulse.py", "shell/epmpulse.sh", "powershell/epmpulse.ps1")) {
            assertThat(Files.readString(CLIENTS.resolve(client))).contains(options);
        }
    }

    @Test
    void thePackageOfPythonHasTheVersionOfTheProject() throws Exception {
        Matcher project = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(project.find()).isTrue();

        assertThat(Files.readString(CLIENTS.resolve("python/pyproject.toml")))
                .contains("version = \"" + project.group(1) + "\"");
    }
}
