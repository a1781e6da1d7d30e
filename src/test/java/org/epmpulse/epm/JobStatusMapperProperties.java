package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.epmpulse.config.Product;
import org.epmpulse.status.Status;

/** Damaged and arbitrary responses cause no other exception, and never a false success. */
class JobStatusMapperProperties {

    private static final Set<Class<?>> EXPECTED =
            Set.of(EpmUnavailableException.class, EpmUnauthorizedException.class, EpmForbiddenException.class);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JobStatusMapper mapper = new JobStatusMapper();

    @Property
    void arbitraryResponses(
            @ForAll Product product, @ForAll("httpStatus") int httpStatus, @ForAll String type, @ForAll String body) {
        assertValid(product, httpStatus, type, body);
        assertValid(product, 200, "application/json", body);
    }

    @Property
    void damagedResponses(@ForAll("recorded") Recorded recorded, @ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder damaged = new StringBuilder(resource(recorded));
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(damaged.length());
            switch (random.nextInt(4)) {
                case 0 -> damaged.setLength(Math.max(1, at));
                case 1 -> damaged.setCharAt(at, (char) random.nextInt(128));
                case 2 -> damaged.insert(at, (char) random.nextInt(0x10000));
                default -> damaged.insert(at, damaged.substring(at, Math.min(at + 20, damaged.length())));
            }
        }

        assertValid(recorded.product(), 200, "application/json", damaged.toString());
    }

    @Property
    void responsesWithAnotherValue(
            @ForAll("recorded") Recorded recorded, @ForAll("field") String field, @ForAll("value") String value)
            throws JsonProcessingException {
        ObjectNode json = (ObjectNode) JSON.readTree(resource(recorded));
        json.set(field, JSON.readTree(value));

        assertValid(recorded.product(), 200, "application/json", json.toString());
    }

    @Property
    void damagedResults(@ForAll("value") String success, @ForAll("value") String tasks, @ForAll("value") String error) {
        String json = "{\"status\": \"COMPLETED\", \"error\": %s, \"result\": {\"success\": %s, \"tasks\": %s}}"
                .formatted(error, success, tasks);

        JobState state = mapper.mapResult(200, "application/json", json, null);

        boolean mayBeSuccess = Set.of("true", "null").contains(success);
        assertThat(state.equals(new JobState.Ended(Status.OK, null))).matches(ok -> !ok || mayBeSuccess);
    }

    private void assertValid(Product product, int httpStatus, String type, String body) {
        JobState state;
        try {
            state = mapper.mapStatus(product, httpStatus, type, body, type);
        } catch (RuntimeException e) {
            assertThat(EXPECTED).contains(e.getClass());
            assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(500).doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
            return;
        }
        if (state instanceof JobState.Ended ended) {
            if (ended.message() != null) {
                assertLine(ended.message());
            }
            assertThat(httpStatus).isEqualTo(200);
            assertThat(ended.status() == Status.WARNING || isSuccess(product, body))
                    .isTrue();
        } else if (state instanceof JobState.Running running && running.text() != null) {
            assertLine(running.text());
        } else if (state instanceof JobState.Missing missing) {
            assertLine(missing.text());
        } else if (state instanceof JobState.Unknown unknown) {
            assertLine(unknown.text());
        }
    }

    private static void assertLine(String text) {
        assertThat(text.codePointCount(0, text.length())).isBetween(1, SingleLine.LIMIT);
        assertThat(text).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]").isEqualTo(text.strip());
    }

    /** A simple second implementation of Oracle's tables. */
    private static boolean isSuccess(Product product, String body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return false;
        }
        JsonNode status = json.path("status");
        boolean zero = status.asText().strip().equals("0") || status.isNumber() && status.doubleValue() == 0;
        JsonNode jobStatus = json.path("jobStatus");
        boolean hasJobStatus = jobStatus.isIntegralNumber()
                || jobStatus.isTextual()
                        && !Set.of("", "null").contains(jobStatus.asText().strip());
        String word = hasJobStatus ? jobStatus.asText().strip().toUpperCase(Locale.ROOT) : "";
        return switch (product) {
            case PLANNING, FCCS, TAX, EPCM, FREEFORM, ARCS, ARCS_TM, NARRATIVE_REPORTING, MIGRATION -> zero;
            case DATA_INTEGRATION ->
                word.equals("SUCCESS")
                        || zero && !Set.of("RUNNING", "WARNING", "FAILED").contains(word);
            case EDM -> json.path("status").asText().strip().equalsIgnoreCase("COMPLETED");
        };
    }

    private static String resource(Recorded recorded) {
        return JobStatusMapperTest.resource(recorded.folder(), recorded.file());
    }

    record Recorded(Product product, String folder, String file) {}

    @Provide
    Arbitrary<Recorded> recorded() {
        return Arbitraries.of(
                new Recorded(Product.PLANNING, "planning", "completed"),
                new Recorded(Product.PLANNING, "planning", "error"),
                new Recorded(Product.FCCS, "planning", "in-progress"),
                new Recorded(Product.ARCS, "arcs", "completed"),
                new Recorded(Product.ARCS_TM, "arcs_tm", "in-process"),
                new Recorded(Product.DATA_INTEGRATION, "data_integration", "mappings-exported"),
                new Recorded(Product.DATA_INTEGRATION, "data_integration", "failed-with-stack-trace"),
                new Recorded(Product.NARRATIVE_REPORTING, "narrative_reporting", "completed"),
                new Recorded(Product.MIGRATION, "migration", "completed"),
                new Recorded(Product.EDM, "edm", "completed"),
                new Recorded(Product.EDM, "edm", "error"));
    }

    @Provide
    Arbitrary<Integer> httpStatus() {
        return Arbitraries.integers().between(100, 999);
    }

    @Provide
    Arbitrary<String> field() {
        return Arbitraries.of(
                "status", "jobStatus", "details", "descriptiveStatus", "detailedStatus", "error", "result", "success");
    }

    @Provide
    Arbitrary<String> value() {
        return Arbitraries.of(
                "null",
                "true",
                "0",
                "-1",
                "1",
                "3",
                "9",
                "2147483647",
                "4294967296",
                "1e99",
                "\"\"",
                "\"null\"",
                "\"0\"",
                "\"00\"",
                "\"SUCCESS\"",
                "\"COMPLETED\"",
                "[0]",
                "{\"status\":0}",
                "{\"success\":false}",
                "\"a\\u0000\\u202e\\nb\"");
    }
}
