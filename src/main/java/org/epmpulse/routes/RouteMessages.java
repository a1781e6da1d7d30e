package org.epmpulse.routes;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.NoSuchLanguageException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.util.StringHelper;
import org.epmpulse.status.Names;
import org.jspecify.annotations.Nullable;

/** Says in one line what is wrong with a route, with the wrong value, and what to do. Immutable. */
final class RouteMessages {

    private static final Pattern DATA_FORMAT = Pattern.compile("Data format '([^']+)' could not be created.*");

    private static final Pattern UNKNOWN_OPTIONS = Pattern.compile(".*Unknown parameters=\\[\\{(.*)}].*");

    private static final Pattern NO_VARIABLE =
            Pattern.compile("Property with key \\[env:([^]]+)] using function \\[env] returned null value.*");

    private static final Pattern NO_PROPERTY = Pattern.compile("Property with key \\[([^]]+)] not found.*");

    private static final Pattern CRON = Pattern.compile("[?&]cron=([^&]*)");

    private final CamelContext context;
    private final RouteOptions options;

    RouteMessages(CamelContext context) {
        this.context = context;
        this.options = new RouteOptions(context);
    }

    /** Where a node of a route is: file and line, the route, and the step if it has an id. */
    static String location(RouteDefinition route, @Nullable NamedNode node) {
        NamedNode at = node == null || node.getLineNumber() < 1 ? route : node;
        Resource source = route.getResource();
        String file = source == null ? "" : source.getLocation().replaceFirst("^file:", "");
        String line = source == null || at.getLineNumber() < 1 ? "" : ":" + line(source, at);
        String step = node == null || node == route || !isNamed(node) ? "" : ", step " + node.getId();
        return file + line + (file.isEmpty() ? "" : ", ") + "route " + route.getRouteId() + step;
    }

    /**
     * The line of a node. Camel counts from 0 to the first character behind its name, which is the line of the name, counted
     * from 1, only if that character is on the next line.
     */
    private static int line(Resource source, NamedNode node) {
        int line = node.getLineNumber();
        if (node instanceof WhenDefinition || node instanceof CatchDefinition) {
            return line + 1;
        }
        String name = node.getShortName() + ":";
        List<String> lines = lines(source);
        boolean onNextLine = line < lines.size()
                && lines.get(line).contains(name)
                && !lines.get(line - 1).contains(name);
        return onNextLine ? line + 1 : line;
    }

    private static List<String> lines(Resource source) {
        try (InputStream in = source.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean isNamed(NamedNode node) {
        return node instanceof OptionalIdentifiedDefinition<?> identified && identified.hasCustomIdAssigned();
    }

    /**
     * The reason of a failure.
     *
     * @param uri of the endpoint that could not be created, as written; null if the failure is not about an endpoint
     */
    String of(Throwable failure, @Nullable String uri) {
        Throwable root = RouteFiles.rootCause(failure);
        String text = RouteFiles.singleLine(root);
        for (Throwable cause = failure; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
            if (cause instanceof NoSuchEndpointException missing) {
                return unknownComponent(scheme(missing.getUri()));
            }
            if (cause instanceof NoSuchLanguageException missing) {
                return unknown("language", missing.getLanguage());
            }
            if (cause instanceof SimpleIllegalSyntaxException syntax) {
                return "invalid simple \"" + syntax.getExpression() + "\": " + text.replaceFirst(" at location .*", "");
            }
            if (cause instanceof NoSuchBeanException missing) {
                return "unknown bean \"" + missing.getName() + "\"";
            }
        }
        if (root instanceof NoTypeConversionAvailableException type && type.getToType() == Class.class) {
            return "unknown class \"" + type.getValue() + "\"; put its jar into extra/";
        }
        if (root instanceof ClassNotFoundException) {
            return "unknown class \"" + text + "\"; put its jar into extra/";
        }
        Matcher dataFormat = DATA_FORMAT.matcher(text);
        if (dataFormat.matches()) {
            return unknown("data format", dataFormat.group(1));
        }
        Matcher variable = NO_VARIABLE.matcher(text);
        if (variable.matches()) {
            return "{{env:" + variable.group(1) + "}}: the environment variable " + variable.group(1) + " is not set";
        }
        Matcher property = NO_PROPERTY.matcher(text);
        if (property.matches()) {
            return "{{" + property.group(1) + "}}: there is no such property";
        }
        if (uri == null || !isAboutEndpoint(failure)) {
            return text;
        }
        List<String> reasons = new ArrayList<>(options.invalidValues(uri, false));
        if (reasons.isEmpty() || UNKNOWN_OPTIONS.matcher(text).matches()) {
            reasons.add(0, endpoint(text, uri));
        }
        Matcher cron = CRON.matcher(uri);
        return base(uri) + ": " + String.join("; ", reasons)
                + (root instanceof ParseException && cron.find() ? ": cron \"" + cron.group(1) + "\"" : "");
    }

    /** Whether something may be missing, and not that a value is wrong. */
    static boolean isLack(Throwable failure) {
        Throwable root = RouteFiles.rootCause(failure);
        return (root instanceof IllegalArgumentException || root instanceof NullPointerException)
                && !isAboutEndpoint(failure);
    }

    private static boolean isAboutEndpoint(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof ResolveEndpointFailedException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private String endpoint(String text, String uri) {
        String reason = StringHelper.after(text, " due to: ", text);
        Matcher unknown = UNKNOWN_OPTIONS.matcher(reason);
        if (!unknown.matches()) {
            return reason;
        }
        List<String> names = new ArrayList<>();
        for (String option : unknown.group(1).split(", ")) {
            String name = option.split("=", 2)[0];
            names.add("unknown option \"" + name + "\"." + Names.hint(name, options.optionNames(scheme(uri))));
        }
        return String.join(" ", names);
    }

    /** The message for a scheme without a component. */
    String unknownComponent(String scheme) {
        String hint = Names.hint(scheme, names("component"));
        return "unknown component \"" + scheme + "\""
                + (hint.isEmpty()
                        ? "; put the jars of camel-" + scheme + " into extra/ (deploy/add-component.sh)"
                        : "." + hint);
    }

    private String unknown(String kind, String name) {
        String hint = Names.hint(name, names(kind.replace(" ", "")));
        return "unknown " + kind + " \"" + name + "\""
                + (hint.isEmpty()
                        ? "; put the jars of camel-" + name + " into extra/ (deploy/add-component.sh)"
                        : "." + hint);
    }

    /** What all jars offer of a kind: component, language or dataformat. */
    private List<String> names(String kind) {
        List<String> names = new ArrayList<>();
        try {
            Enumeration<URL> lists = context.getClassResolver()
                    .loadAllResourcesAsURL("META-INF/services/org/apache/camel/" + kind + ".properties");
            while (lists.hasMoreElements()) {
                Properties list = new Properties();
                try (InputStream in = lists.nextElement().openStream()) {
                    list.load(in);
                }
                names.addAll(List.of(list.getProperty(kind + "s", "").split(" ")));
            }
        } catch (IOException e) {
            return List.of();
        }
        return names;
    }

    /** A URI without its options, which may hold secrets. */
    static String base(String uri) {
        return uri.split("\\?", 2)[0];
    }

    static String scheme(String uri) {
        return uri.split("[:?]", 2)[0];
    }
}
