package org.epmpulse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import groovy.lang.Script;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * The API of EPM Cloud for Groovy rules that the rule of {@code deploy/clients/} uses. The names are from Oracle's
 * guides and samples, {@code enteredValue} from other public rules; nothing was tested with a real environment. The
 * only connection is named EPMPulse. Public, because the classes that Groovy generates use it.
 */
public abstract class EpmRule extends Script {

    public record Operation(Application application) {
        public Application getApplication() {
            return application;
        }
    }

    /**
     * @param key the API key in the connection's header
     * @param timeout how long a connection waits for a response
     */
    public record Application(URI url, String key, Duration timeout) {

        public Connection getConnection(String name) {
            if (!"EPMPulse".equals(name)) {
                throw new IllegalArgumentException("no connection " + name);
            }
            return new Connection(url, key, timeout);
        }
    }

    public record Connection(URI url, String key, Duration timeout) {

        public Request post(String path) {
            return new Request(
                    HttpRequest.newBuilder(url.resolve(path)).timeout(timeout).header("X-API-Key", key));
        }
    }

    public record Request(HttpRequest.Builder request) {

        public Request header(String name, String value) {
            return new Request(request.header(name, value));
        }

        public Request body(String body) {
            return new Request(request.POST(HttpRequest.BodyPublishers.ofString(body)));
        }

        public HttpResponse<String> asString() throws IOException, InterruptedException {
            java.net.http.HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
            return new HttpResponse<>(response.statusCode(), response.body());
        }
    }

    public record HttpResponse<T>(int status, T body) {

        public int getStatus() {
            return status;
        }

        public T getBody() {
            return body;
        }
    }

    public record Rtp(String enteredValue) {

        public String getEnteredValue() {
            return enteredValue;
        }
    }

    public Operation getOperation() {
        return (Operation) getBinding().getVariable("operation");
    }

    @SuppressWarnings("unchecked")
    public Map<String, Rtp> getRtps() {
        return (Map<String, Rtp>) getBinding().getVariable("prompts");
    }

    public String json(Map<String, ?> object) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(object);
    }
}
