package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import groovy.lang.Binding;
import groovy.lang.GroovyShell;
import groovy.transform.CompileStatic;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.customizers.ASTTransformationCustomizer;
import org.codehaus.groovy.control.customizers.ImportCustomizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Groovy rule of {@code deploy/clients/}, compiled with static types and run as in EPM. */
class EpmRuleTest {

    private static final Path RULE = Path.of("deploy/clients/groovy/epmpulse-status.groovy");

    @TempDir
    Path folder;

    private final Map<String, EpmRule.Rtp> prompts = new HashMap<>();
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        epmPulse = new TestingEpmPulse(folder, "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\", \"Budget\"]}}}")
                .start();
        prompt("App", "Planning");
        prompt("Domain", "Actual");
        prompt("Status", "Loading");
        prompt("Job", "NIGHTLY");
        prompt("Message", " ");
        prompt("Url", " ");
        prompt("EpmJob", " ");
    }

    @AfterEach
    void stop() throws Exception {
        epmPulse.close();
    }

    private void prompt(String name, String value) {
        prompts.put("EPMPulse" + name, new EpmRule.Rtp(value));
    }

    /** Runs the rule and returns the text it wrote to the job's log. */
    private String run(URI url) throws Exception {
        return run(url, Duration.ofSeconds(60));
    }

    private String run(URI url, Duration timeout) throws Exception {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(EpmRule.class.getName());
        configuration.addCompilationCustomizers(
                new ImportCustomizer().addImports(EpmRule.HttpResponse.class.getCanonicalName()),
                new ASTTransformationCustomizer(CompileStatic.class));
        StringWriter log = new StringWriter();
        Map<String, Object> variables = new HashMap<>();
        variables.put("operation", new EpmRule.Operation(new EpmRule.Application(url, TestingEpmPulse.KEY, timeout)));
        variables.put("prompts", prompts);
        variables.put("out", new PrintWriter(log, true));
        new GroovyShell(EpmRule.class.getClassLoader(), new Binding(variables), configuration).evaluate(RULE.toFile());
        return log.toString();
    }

    private JsonNode history() {
        return epmPulse.data("/api/v1/history").path("entries");
    }

    @Test
    void theFirstLineDeclaresAllPrompts() throws Exception {
        assertThat(Files.readAllLines(RULE).get(0))
                .matches("/\\* RTPS: .* \\*/")
                .satisfies(line ->
                        prompts.keySet().forEach(name -> assertThat(line).contains("{" + name + "}")));
    }

    @Test
    void aStatusIsRecordedWithTheValuesOfThePrompts() throws Exception {
        prompt("Status", "Warning");
        prompt("Message", "\"14\" rejected\n" + "W".repeat(300));
        prompt("Url", " https://logs.example.com/NIGHTLY ");
        prompt("EpmJob", "4711");

        String log = run(epmPulse.uri(""));

        assertThat(log).contains("EPMPulse replied 200").doesNotContain(TestingEpmPulse.KEY);
        assertThat(history()).singleElement().satisfies(entry -> {
            assertThat(entry.path("status").asText()).isEqualTo("Warning");
            assertThat(entry.path("job_id").asText()).isEqualTo("NIGHTLY");
            assertThat(entry.path("message").asText())
                    .startsWith("\"14\" rejected WWW")
                    .hasSize(200);
            assertThat(entry.path("url").asText()).isEqualTo("https://logs.example.com/NIGHTLY");
            assertThat(entry.path("epm_job_id").asText()).isEqualTo("4711");
        });
    }

    @Test
    void anAddressThatIsNotHttpsIsLeftOut() throws Exception {
        prompt("Url", "http://logs.example.com/NIGHTLY");

        assertThat(run(epmPulse.uri(""))).contains("replied 200");

        assertThat(history())
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("url").isNull()).isTrue());
    }

    @Test
    void aRequestWhoseReplyAProxyLostIsRetriedAndCountsOnce() throws Exception {
        try (TroubledServer server = new TroubledServer(
                TroubledServer.loseTheReply(epmPulse.uri(""), TroubledServer.reply(502, Map.of(), "")),
                TroubledServer.loseTheReply(epmPulse.uri(""), TroubledServer.reply(504, Map.of(), "")),
                TroubledServer.pass(epmPulse.uri("")))) {
            String log = run(URI.create(server.address()));

            assertThat(log).contains("replied 502", "replied 504", "replied 200", "\"recorded\"");
            assertThat(history()).hasSize(1);
            assertThat(server.requests())
                    .extracting(request -> request.headers().get("Idempotency-Key"))
                    .hasSize(3)
                    .doesNotContainNull()
                    .containsOnly(server.requests().get(0).headers().get("Idempotency-Key"));
        }
    }

    @Test
    void aRuleNeverFails() throws Exception {
        prompt("Domain", "Actuals");
        assertThat(run(epmPulse.uri(""))).contains("replied 400", "Did you mean");
        prompts.put("EPMPulseMessage", new EpmRule.Rtp(null));
        assertThat(run(epmPulse.uri(""))).contains("replied 400");
        for (TroubledServer.Answer trouble :
                List.of(TroubledServer.hang(), TroubledServer.reset(), TroubledServer.garbage())) {
            try (TroubledServer server = new TroubledServer(trouble)) {
                assertThat(run(URI.create(server.address()), Duration.ofSeconds(2)))
                        .startsWith("EPMPulse is unreachable: ");
            }
        }
        prompts.remove("EPMPulseJob");
        assertThat(run(epmPulse.uri(""))).startsWith("EPMPulse is unreachable: ");
    }
}
