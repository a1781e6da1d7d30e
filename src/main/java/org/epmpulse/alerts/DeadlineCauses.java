package org.epmpulse.alerts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.epmpulse.alerts.AlertDeadlines.Recipient;
import org.epmpulse.status.DomainId;
import org.epmpulse.window.DomainState;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowProblem;
import org.epmpulse.window.WindowProblems;

/**
 * Which domain's alert reports the deadlines in danger to a recipient: the first in each chain of which it gets alerts.
 * If it has got the alert of a domain that waits for this one, that alert goes on, so that it gets no second one.
 */
final class DeadlineCauses {

    private final WindowProblems problems;
    private final Recipient recipient;
    private final Map<DomainId, DomainId> told;

    private DeadlineCauses(WindowProblems problems, Recipient recipient) {
        this.problems = problems;
        this.recipient = recipient;
        this.told = problems.consequences(domain -> recipient.isTold(domain.id()));
    }

    /**
     * An alert.
     *
     * @param cause the domain that it names, and those that wait for it
     * @param others domains for which the cause waits, whose problems are part of its alert
     */
    record Reported(WindowProblem cause, List<WindowDomain> others) {

        /** The domains whose deadlines it reports. */
        Stream<WindowDomain> domains() {
            return Stream.of(Stream.of(cause.domain()), cause.dependants().stream(), others.stream())
                    .flatMap(each -> each);
        }
    }

    /** The alerts for a recipient, without those of failures. */
    static List<Reported> of(WindowProblems problems, Recipient recipient) {
        return new DeadlineCauses(problems, recipient).reported();
    }

    private List<Reported> reported() {
        Map<DomainId, DomainId> causes = problems.causes(this::isReported);
        Map<DomainId, List<WindowDomain>> others = new LinkedHashMap<>();
        for (WindowDomain domain : problems.domains()) {
            DomainId consequence = told.get(domain.id());
            if (consequence != null && !causes.containsKey(domain.id()) && recipient.gets(domain.id())) {
                others.computeIfAbsent(consequence, each -> new ArrayList<>()).add(domain);
            }
        }
        List<Reported> reported = new ArrayList<>();
        for (WindowProblem problem : problems.by(causes)) {
            if (!isReportedFailure(problem.domain())) {
                List<WindowDomain> own = others.remove(problem.domain().id());
                reported.add(new Reported(problem, own == null ? List.of() : own));
            }
        }
        // Alerts that go on although their domain belongs to another one now.
        others.forEach((id, own) -> reported.add(new Reported(new WindowProblem(domain(id), List.of()), own)));
        return reported;
    }

    private WindowDomain domain(DomainId id) {
        return Objects.requireNonNull(problems.view().domain(id), "a domain with a problem");
    }

    private boolean isReported(WindowDomain domain) {
        DomainId id = domain.id();
        return recipient.isTold(id) || isReportedFailure(domain) || (recipient.gets(id) && !told.containsKey(id));
    }

    private boolean isReportedFailure(WindowDomain domain) {
        return domain.state() == DomainState.FAILED && recipient.getsFailure(domain.id());
    }
}
