package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Compares the check of the Host header with a regular expression. */
class RequestRulesProperties {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~%!$&'()*+;=:\\[\\]-]*");

    @Property
    void aHostIsAcceptedLikeByTheExpression(@ForAll("hosts") String host) {
        HttpRequest request =
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", HeadersMultiMap.headers());
        request.headers().set("Host", host);

        MalformedRequestException problem = RequestRules.problem(request);

        assertThat(problem == null).isEqualTo(HOST.matcher(host).matches());
    }

    @Provide
    Arbitrary<String> hosts() {
        Arbitrary<String> valid = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars("._~%!$&'()*+;=:[]-")
                .ofMaxLength(30);
        Arbitrary<String> oneOther = Combinators.combine(
                        valid, Arbitraries.chars().range((char) 0, (char) 0x17f), valid)
                .as((before, other, after) -> before + other + after);
        return Arbitraries.oneOf(valid, oneOther, Arbitraries.strings().ofMaxLength(10));
    }
}
