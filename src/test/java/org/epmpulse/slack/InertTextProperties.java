package org.epmpulse.slack;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Text that Slack could take for markup has no effect, wherever it is shown. */
public abstract class InertTextProperties {

    private final List<String> hostile;
    private final List<String> tokens;

    /**
     * Creates the tests.
     *
     * @param hostile texts that are malicious, or special by accident; also tried in pairs
     * @param tokens what markup consists of
     */
    protected InertTextProperties(List<String> hostile, List<String> tokens) {
        this.hostile = hostile;
        this.tokens = tokens;
    }

    /** Asserts that a text has no effect in any position. */
    protected abstract void assertInert(String text);

    @Example
    void hostileTextHasNoEffectInAnyPosition() {
        hostile.forEach(this::assertInert);
        hostile.forEach(first -> hostile.forEach(second -> assertInert(first + second)));
    }

    @Property
    void anyTextHasNoEffectInAnyPosition(@ForAll String text) {
        assertInert(text);
    }

    @Property(tries = 5000)
    void markupHasNoEffectInAnyPosition(@ForAll("markup") String text) {
        assertInert(text);
    }

    @Provide
    Arbitrary<String> markup() {
        return Arbitraries.of(tokens).list().ofMaxSize(25).map(parts -> String.join("", parts));
    }
}
