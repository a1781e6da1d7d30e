package org.epmpulse.epm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpDelete;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.epmpulse.cluster.Fence;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundHttp;
import org.jspecify.annotations.Nullable;

/**
 * Requests to EPM beside those for the state of a job that the board shows: starting jobs, and files. A node that has
 * become passive starts no job. Thread-safe.
 *
 * <p>Each method sends one request and reports to {@link TokenProvider} whether the credentials were accepted. All
 * throw {@link EpmUnauthorizedException} if EPM rejects the token, which is not used again, {@link
 * EpmCredentialsException} if it rejects the password, {@link EpmForbiddenException} on HTTP 403, and {@link
 * EpmUnavailableException} or {@link IOException} if there is no usable response.
 */
public final class EpmRequests implements AutoCloseable {

    /** A large file takes longer than the state of a job. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final TokenProvider tokens;
    private final JobStatusMapper mapper = new JobStatusMapper();
    private final OutboundHttp http;
    private final OutboundHttp downloads;

    /**
     * Creates the requests.
     *
     * @param maxFile of a downloaded file, in bytes
     */
    public EpmRequests(TokenProvider tokens, ProxyRules proxies, int maxFile) {
        this.tokens = tokens;
        this.http = new OutboundHttp(proxies, OutboundHttp.DEFAULT_TIMEOUT, Fence::check);
        this.downloads = OutboundHttp.forFiles(proxies, TIMEOUT, maxFile);
    }

    /**
     * A response.
     *
     * @param state of the job in it
     * @param json null if it is not a JSON object
     */
    public record Reply(JobState state, @Nullable JsonNode json) {

        /** The id of the job in it; null if there is none. */
        public @Nullable String jobId() {
            if (json == null) {
                return null;
            }
            String id = EpmJson.text(json, "jobId");
            return id != null ? id : EpmJson.text(json, "jobID");
        }

        /** The name of the job in it; null if there is none. */
        public @Nullable String jobName() {
            return json == null ? null : EpmJson.text(json, "jobName");
        }
    }

    /** Starts a job of a product with applications (execute_a_job.html). */
    public Reply start(AppsConfig.Server server, String application, RequestCredentials credentials, JsonNode job)
            throws IOException {
        HttpPost request = new HttpPost(JobUrl.jobs(server, application));
        request.setEntity(new StringEntity(job.toString(), ContentType.APPLICATION_JSON));
        return reply(server, credentials, send(http, request, credentials));
    }

    /** The state of a job. */
    public Reply state(Poll poll, RequestCredentials credentials) throws IOException {
        return reply(poll.server(), credentials, send(http, new HttpGet(poll.url()), credentials));
    }

    /**
     * Reads a file of the environment (download.html).
     *
     * @return null if it does not exist, or the response is an error about it
     */
    public byte @Nullable [] download(AppsConfig.Server server, RequestCredentials credentials, String name)
            throws IOException {
        return content(server, credentials, URI.create(JobUrl.file(server, name) + "/contents"));
    }

    private byte @Nullable [] content(AppsConfig.Server server, RequestCredentials credentials, URI url)
            throws IOException {
        OutboundHttp.Response response = send(downloads, new HttpGet(url), credentials);
        String type = response.contentType();
        boolean isPage = type == null || type.contains("html");
        if (response.status() == 200 && !EpmJson.isJson(type) && !isPage) {
            tokens.accepted(credentials);
            return response.content();
        }
        reply(server, credentials, response);
        return null;
    }

    /** Deletes a file of the environment, if there is one (delete_files.html). */
    public void delete(AppsConfig.Server server, RequestCredentials credentials, String name) throws IOException {
        reply(server, credentials, send(http, new HttpDelete(JobUrl.file(server, name)), credentials));
    }

    /** Generates a report of Task Manager (fccstrcs_rest_generate_reports.html). */
    public Reply report(AppsConfig.Server server, RequestCredentials credentials, JsonNode report) throws IOException {
        HttpPost request = new HttpPost(JobUrl.report(server));
        request.setEntity(new StringEntity(report.toString(), ContentType.APPLICATION_JSON));
        return reply(server, credentials, send(downloads, request, credentials));
    }

    /**
     * Reads a generated report.
     *
     * @param path below the environment's address, from the response to {@link #report}
     * @return null if it does not exist, or the response is an error about it
     */
    public byte @Nullable [] reportContent(AppsConfig.Server server, RequestCredentials credentials, String path)
            throws IOException {
        return content(server, credentials, JobUrl.reportContent(server, path));
    }

    /**
     * The data rules of a location of Data Integration. Oracle does not document this request; the field names are those
     * that clients use.
     */
    public Reply rules(AppsConfig.Server server, RequestCredentials credentials, String location) throws IOException {
        return reply(server, credentials, send(http, new HttpGet(JobUrl.rules(server, location)), credentials));
    }

    private OutboundHttp.Response send(OutboundHttp client, HttpUriRequestBase request, RequestCredentials credentials)
            throws IOException {
        request.setHeader("Authorization", credentials.value());
        try {
            return client.send(request);
        } catch (IOException | RuntimeException e) {
            tokens.ended(credentials);
            throw e;
        }
    }

    private Reply reply(AppsConfig.Server server, RequestCredentials credentials, OutboundHttp.Response response) {
        // A job may also be accepted with 201 or 202.
        int status = response.status() == 201 || response.status() == 202 ? 200 : response.status();
        try {
            JobState state = mapper.mapStatus(
                    server.product(), status, response.contentType(), response.body(), response.retryAfter());
            tokens.accepted(credentials);
            return new Reply(state, EpmJson.isJson(response.contentType()) ? EpmJson.object(response.body()) : null);
        } catch (EpmForbiddenException e) {
            tokens.accepted(credentials);
            throw e;
        } catch (EpmUnauthorizedException e) {
            throw tokens.rejected(credentials, e);
        } finally {
            tokens.ended(credentials);
        }
    }

    /** Aborts the requests in flight; later ones fail at once. */
    @Override
    public void close() {
        http.close();
        downloads.close();
    }
}
