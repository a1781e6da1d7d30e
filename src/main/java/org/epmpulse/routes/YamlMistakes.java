package org.epmpulse.routes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.epmpulse.config.Problem;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Finds every field and value of a route file that Camel cannot read. Camel reports the first one only, so it is replaced by
 * blanks and the file is read again. For one thread.
 */
final class YamlMistakes {

    private static final int MAX_MISTAKES = 200;

    private static final Pattern FIELD = Pattern.compile("Unsupported field: (.+)");

    private final CamelContext context;
    private final Set<Problem> problems = new LinkedHashSet<>();
    private final List<Part> removed = new ArrayList<>();
    private final Set<String> incomplete = new HashSet<>();

    YamlMistakes(CamelContext context) {
        this.context = context;
    }

    /** Those of the files that were read. */
    Set<Problem> problems() {
        return problems;
    }

    /** Whether a part of the file was removed. */
    boolean isIncomplete(RouteFile file) {
        return incomplete.stream().anyMatch(where -> where.startsWith(file.path() + ":"));
    }

    /** Whether a part was removed from what begins at this line of a file, so that it may lack something. */
    boolean isIncomplete(String where) {
        return incomplete.contains(where.split(",", 2)[0]);
    }

    /** The file without the parts that Camel cannot read, each at its line; null if nothing of it can be read. */
    @Nullable
    RouteFile readable(RouteFile file) {
        removed.clear();
        RouteFile rest = file;
        while (rest != null && removed.size() < MAX_MISTAKES) {
            try {
                read(rest);
                return rest;
            } catch (Exception | LinkageError e) {
                rest = without(rest, e);
            }
        }
        return null;
    }

    private void read(RouteFile file) throws Exception {
        for (RoutesBuilder builder : file.builders(context)) {
            if (builder instanceof RouteBuilder of) {
                of.configureRoutes(context);
            }
        }
    }

    /** The file without the part that the failure is about; null if that is not known. */
    private @Nullable RouteFile without(RouteFile file, Throwable failure) {
        Part part = part(file, failure);
        if (part == null) {
            problems.addAll(file.problem(failure).problems());
            return null;
        }
        if (removed.contains(part)) {
            return null;
        }
        // A part that lacks what was removed from it is no other mistake.
        if (removed.stream().noneMatch(part::contains)) {
            String message = file.problem(failure).problems().get(0).message();
            problems.add(Problem.error(
                    file.path() + ":" + part.line(),
                    message.contains(part.name()) ? message : part.name() + ": " + message));
        }
        String rest = part.blankedIn(file.yaml());
        if (rest == null) {
            return null;
        }
        removed.add(part);
        part.owners().forEach(line -> incomplete.add(file.path() + ":" + line));
        return new RouteFile(file.path(), rest, file.ofSite());
    }

    private static @Nullable Part part(RouteFile file, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml
                    && yaml.getProblemMark().isPresent()) {
                Matcher field = FIELD.matcher(String.valueOf(yaml.getProblem()));
                Search search =
                        new Search(yaml.getProblemMark().get().getIndex(), field.matches() ? field.group(1) : null);
                try {
                    new Compose(LoadSettings.builder().build())
                            .composeString(file.yaml())
                            .ifPresent(root -> search.visit(root, List.of()));
                } catch (YamlEngineException e) {
                    return null;
                }
                return search.found;
            }
        }
        return null;
    }

    /**
     * A field with its value, or an item of a list. Positions count characters of Unicode.
     *
     * @param name of the field, or of what the item is
     * @param line of its first character, from 1
     * @param owners the lines at which the step begins that it belongs to
     * @param flow whether it is between braces or brackets
     * @param alone whether it is the only one there
     */
    private record Part(
            String name,
            int start,
            int end,
            int line,
            List<Integer> owners,
            boolean item,
            boolean flow,
            boolean alone) {

        boolean contains(Part other) {
            return start <= other.start && other.start < end;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Part part && start == part.start && end == part.end && item == part.item;
        }

        @Override
        public int hashCode() {
            return start;
        }

        /** The text with blanks in place of this part, so that all lines stay where they are; null if that is not possible. */
        @Nullable
        String blankedIn(String yaml) {
            int[] text = yaml.codePoints().toArray();
            int from = item && !flow ? before(text, start, '-') : start;
            if (from < 0 || alone && !flow && end - from < (item ? 3 : 2)) {
                return null;
            }
            blank(text, from, end);
            if (flow) {
                int comma = after(text, end, ',');
                comma = comma < 0 ? before(text, start, ',') : comma;
                if (comma >= 0) {
                    text[comma] = ' ';
                }
            } else if (alone) {
                // One character further than the dash: a list may be indented as the field that it belongs to.
                int at = item ? from + 1 : from;
                text[at] = item ? '[' : '{';
                text[at + 1] = item ? ']' : '}';
            }
            return new String(text, 0, text.length);
        }

        private static void blank(int[] text, int from, int to) {
            for (int i = from; i < to; i++) {
                text[i] = text[i] == '\n' || text[i] == '\r' ? text[i] : ' ';
            }
        }

        /** The position of a character with only white space up to it; negative if there is another one. */
        private static int after(int[] text, int position, char wanted) {
            int i = position;
            while (i < text.length && Character.isWhitespace(text[i])) {
                i++;
            }
            return i < text.length && text[i] == wanted ? i : -1;
        }

        private static int before(int[] text, int position, char wanted) {
            int i = position - 1;
            while (i >= 0 && Character.isWhitespace(text[i])) {
                i--;
            }
            return i >= 0 && text[i] == wanted ? i : -1;
        }
    }

    /** Searches the field with a name at a position, or else the outermost part that begins there. */
    private static final class Search {

        private final int position;
        private final @Nullable String field;
        private @Nullable Part found;
        private boolean named;

        Search(int position, @Nullable String field) {
            this.position = position;
            this.field = field;
        }

        void visit(Node node, List<Integer> owners) {
            if (node instanceof MappingNode mapping) {
                mapping.getValue().forEach(tuple -> visit(mapping, tuple, owners));
            } else if (node instanceof SequenceNode sequence) {
                int size = sequence.getValue().size();
                for (Node item : sequence.getValue()) {
                    if (start(item) == position) {
                        choose(part(item, item, owners, true, sequence.getFlowStyle(), size), false);
                    }
                    List<Integer> itemOwners = new ArrayList<>(owners);
                    itemOwners.add(line(item));
                    visit(item, itemOwners);
                }
            }
        }

        private void visit(MappingNode mapping, NodeTuple tuple, List<Integer> owners) {
            Node key = tuple.getKeyNode();
            Node value = tuple.getValueNode();
            boolean isNamed = key instanceof ScalarNode name
                    && name.getValue().equals(field)
                    && (start(value) == position || start(mapping) == position);
            if (isNamed || start(key) == position || start(value) == position) {
                int size = mapping.getValue().size();
                List<Integer> fieldOwners = new ArrayList<>(owners);
                mapping.getValue().stream()
                        .filter(other -> other != tuple)
                        .findFirst()
                        .ifPresent(other -> fieldOwners.add(line(other.getKeyNode())));
                fieldOwners.add(line(mapping));
                choose(part(key, value, fieldOwners, false, mapping.getFlowStyle(), size), isNamed);
            }
            visit(value, List.of(line(key)));
        }

        private void choose(Part part, boolean isNamed) {
            if (found == null || isNamed && !named) {
                found = part;
                named = isNamed;
            }
        }

        private static Part part(Node first, Node last, List<Integer> owners, boolean item, FlowStyle style, int size) {
            return new Part(
                    name(first),
                    start(first),
                    end(last),
                    line(first),
                    owners,
                    item,
                    style == FlowStyle.FLOW,
                    size == 1);
        }

        private static String name(Node node) {
            if (node instanceof MappingNode item && !item.getValue().isEmpty()) {
                return name(item.getValue().get(0).getKeyNode());
            }
            return node instanceof ScalarNode scalar ? scalar.getValue() : "";
        }

        private static int line(Node node) {
            return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
        }

        private static int start(Node node) {
            return position(node.getStartMark());
        }

        private static int end(Node node) {
            return position(node.getEndMark());
        }

        private static int position(Optional<Mark> mark) {
            return mark.map(Mark::getIndex).orElse(-1);
        }
    }
}
