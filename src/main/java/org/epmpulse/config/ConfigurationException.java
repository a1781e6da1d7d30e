package org.epmpulse.config;

import java.util.List;

/** The configuration has errors, so the service cannot start. The message is one line and holds no secret. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /** @param problems at least one error, and possibly warnings */
    public ConfigurationException(List<Problem> problems) {
        super(firstError(problems));
        this.problems = List.copyOf(problems);
    }

    public ConfigurationException(String where, String message) {
        this(List.of(Problem.error(where, message)));
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String firstError(List<Problem> problems) {
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        if (errors.isEmpty()) {
            throw new IllegalArgumentException("problems must hold an error, is " + problems);
        }
        Problem first = errors.get(0);
        String more = errors.size() == 1
                ? ""
                : " (and " + (errors.size() - 1) + " more; see all with \"java -jar epmpulse.jar check\")";
        return first.where() + ": " + first.message() + more;
    }
}
