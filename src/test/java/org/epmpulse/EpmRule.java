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
 * What EPM Cloud offers a Groovy rule, as far as the rule of {@code deploy/clients/} uses it. The names are from Oracle's
 * guides and samples, {@code enteredValue} from rules of others; nothing here was compared with a pod. The only
 * connection is named EPMPulse. Public for the classes that Groovy makes.
 */
public abstract class EpmRule extends Script {

    public record Operation(Application application) {
        public Application getApplication() {
            return application;
        }
    }

    /**
     * @param key what the administrator has put into the connection's header
     * @param patience how long a connection waits for an answer
     */
    public record Application(URI url, String key, Duration patience) {

        public Connection getConnection(String name) {
            if (!"EPMPulse".equals(name)) {
                throw new IllegalArgumentException("no connection " + name);
            }
            return new Connection(url, key, patience);
        }
    }

    public record Connection(URI url, String key, Duration patience) {

        public Request post(String path) {
            return new Request(
                    HttpRequest.newBuilder(url.resolve(path)).timeout(patience).header("X-API-Key", key));
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
        return (Operation) getBinding().getVariable("pod");
    }

    @SuppressWarnings("unchecked")
    public Map<String, Rtp> getRtps() {
        return (Map<String, Rtp>) getBinding().getVariable("prompts");
    }

    public String json(Map<String, ?> object) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(object);
    }
}
