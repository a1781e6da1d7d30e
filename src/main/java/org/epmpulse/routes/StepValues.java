package org.epmpulse.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.xml.bind.annotation.XmlRootElement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.SimpleDateFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.spi.BeanIntrospection;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * Finds values of steps, and of what belongs to them such as a data format or a redelivery policy, with which Camel
 * creates a route, but that it reads as 0, or reads only when the step runs. Immutable.
 */
final class StepValues {

    private static final Pattern DATE =
            Pattern.compile("\\$(?:simple)?\\{date(?:-with-timezone:[^:}]*)?:[^:}]+:([^}]+)}");

    private static final String MODEL = "org.apache.camel.model";

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]+");

    private final CamelContext context;
    private final BeanIntrospection properties;

    StepValues(CamelContext context) {
        this.context = context;
        this.properties = PluginHelper.getBeanIntrospection(context);
    }

    /** The problems of a step, or of the error handler of a route, without those of its own steps. */
    List<String> invalid(Object definition) {
        List<String> problems = new ArrayList<>();
        addOptions(problems, definition);
        if (definition instanceof OnExceptionDefinition handler && handler.getRedeliveryPolicyType() != null) {
            addOptions(problems, handler.getRedeliveryPolicyType());
        }
        if (definition instanceof ExpressionNode node) {
            addExpression(problems, node);
        } else if (definition instanceof LogDefinition log) {
            addDates(problems, log.getMessage());
        }
        return problems;
    }

    /** Checks each option by its type in the description that Camel has of each step. */
    private void addOptions(List<String> problems, Object definition) {
        description(definition.getClass()).properties().forEach(option -> {
            Object value = properties.getOrElseProperty(definition, option.getKey(), null, false);
            if (value instanceof String text) {
                String rule = rule(option.getValue(), resolved(text));
                if (rule != null) {
                    problems.add(option.getKey() + " must be " + rule + ", is \"" + text + "\"");
                }
            } else if (value != null
                    && value.getClass().getPackageName().startsWith(MODEL)
                    && !(value instanceof ProcessorDefinition)
                    && !(value instanceof ExpressionDefinition)) {
                addOptions(problems, value);
            }
        });
    }

    /** The options of a class of Camel's model, each with its type; empty if there is no description. */
    private JsonNode description(Class<?> type) {
        XmlRootElement name = type.getAnnotation(XmlRootElement.class);
        if (name == null) {
            return JSON.createObjectNode();
        }
        String resource = "META-INF/" + type.getPackageName().replace('.', '/') + "/" + name.name() + ".json";
        try (InputStream in = context.getClassResolver().loadResourceAsStream(resource)) {
            return in == null ? JSON.createObjectNode() : JSON.readTree(in).path("properties");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the value must be; null if it is that. */
    private static @Nullable String rule(JsonNode option, String value) {
        if (value.isBlank() || value.startsWith("#") || value.contains("{{") || value.contains("${")) {
            return null;
        }
        switch (option.path("type").asText()) {
            case "duration":
                return isDuration(value) ? null : "a duration such as 30s or 1h30m";
            case "integer":
                return isWholeNumber(value) ? null : "a whole number";
            case "enum":
                List<String> allowed = new ArrayList<>();
                option.path("enum").forEach(word -> allowed.add(word.asText()));
                return allowed.stream().anyMatch(value::equalsIgnoreCase) ? null : "one of " + allowed;
            default:
                return null;
        }
    }

    private void addExpression(List<String> problems, ExpressionNode node) {
        ExpressionDefinition expression = node.getExpression();
        if (expression == null || expression.getExpression() == null) {
            return;
        }
        String text = resolved(expression.getExpression().strip());
        if (!(expression instanceof ConstantExpression)) {
            addDates(problems, text);
        } else if (node instanceof DelayDefinition && !isDuration(text)) {
            problems.add("delay must be a duration such as 30s or 1h30m, is \"" + text + "\"");
        } else if ((node instanceof LoopDefinition || node instanceof ThrottleDefinition) && !isWholeNumber(text)) {
            problems.add(node.getShortName() + " must be a whole number, is \"" + text + "\"");
        }
    }

    /** Adds invalid date patterns of a simple expression. */
    static void addDates(List<String> problems, @Nullable String simple) {
        Matcher date = DATE.matcher(String.valueOf(simple));
        while (date.find()) {
            try {
                new SimpleDateFormat(date.group(1)).toPattern();
            } catch (IllegalArgumentException e) {
                problems.add(RouteFiles.singleLine(e) + ": date \"" + date.group(1) + "\"");
            }
        }
    }

    static boolean isWholeNumber(String value) {
        return WHOLE_NUMBER.matcher(value).matches();
    }

    /** Whether Camel reads a number of milliseconds, or a duration. */
    static boolean isDuration(String value) {
        if (isWholeNumber(value)) {
            return true;
        }
        try {
            return TimeUtils.toMilliSeconds(value) > 0;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private String resolved(String text) {
        try {
            return context.resolvePropertyPlaceholders(text);
        } catch (RuntimeException e) {
            return text;
        }
    }
}
