package org.epmpulse.slack;

import com.slack.api.methods.Methods;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.epmpulse.cluster.Fence;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundHttp;

/**
 * Sends the calls of Slack's SDK by {@link OutboundHttp}. The SDK's own client, OkHttp, limits neither the length of a
 * response nor the time of a name look-up, and follows other proxy rules. A call of the active node's work does not leave
 * a node that has become passive. Thread-safe.
 */
final class SlackTransport implements Interceptor, AutoCloseable {

    /** Not sent on a kept connection, which Slack may just be closing: a lost creation may have created a canvas. */
    private static final Set<String> CREATIONS = Set.of(Methods.CANVASES_CREATE, Methods.CONVERSATIONS_CANVASES_CREATE);

    private final OutboundHttp http;
    private final OutboundHttp creations;
    private final Map<Call, HttpUriRequestBase> inFlight = new ConcurrentHashMap<>();

    /** @param timeout of a whole call */
    SlackTransport(ProxyRules proxies, Duration timeout) {
        this.http = new OutboundHttp(proxies, timeout, Fence::check);
        this.creations = OutboundHttp.withoutReuse(proxies, timeout, Fence::check);
    }

    /** A client that sends its calls by this, after the interceptors that it has. */
    OkHttpClient use(OkHttpClient.Builder client) {
        return client.addInterceptor(this)
                .eventListener(new EventListener() {
                    @Override
                    public void canceled(Call call) {
                        HttpUriRequestBase request = inFlight.get(call);
                        if (request != null) {
                            request.cancel();
                        }
                    }
                })
                .build();
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        HttpUriRequestBase request = request(chain.request());
        inFlight.put(chain.call(), request);
        try {
            if (chain.call().isCanceled()) {
                request.cancel();
            }
            return response(chain.request(), client(chain.request()).send(request));
        } finally {
            inFlight.remove(chain.call());
        }
    }

    private OutboundHttp client(Request call) {
        List<String> path = call.url().pathSegments();
        return CREATIONS.contains(path.get(path.size() - 1)) ? creations : http;
    }

    private static HttpUriRequestBase request(Request call) throws IOException {
        HttpUriRequestBase request =
                new HttpUriRequestBase(call.method(), call.url().uri());
        call.headers().forEach(header -> request.addHeader(header.getFirst(), header.getSecond()));
        RequestBody body = call.body();
        if (body != null) {
            Buffer content = new Buffer();
            body.writeTo(content);
            request.setEntity(new ByteArrayEntity(content.readByteArray(), null));
            MediaType type = body.contentType();
            if (type != null) {
                request.setHeader("Content-Type", type.toString());
            }
        }
        return request;
    }

    private static Response response(Request call, OutboundHttp.Response response) {
        Headers.Builder headers = new Headers.Builder();
        for (Header header : response.headers()) {
            headers.addUnsafeNonAscii(header.getName(), String.valueOf(header.getValue()));
        }
        String type = response.contentType();
        return new Response.Builder()
                .request(call)
                .protocol(Protocol.HTTP_1_1)
                .code(response.status())
                .message("")
                .headers(headers.build())
                .body(ResponseBody.create(response.content(), type == null ? null : MediaType.parse(type)))
                .build();
    }

    /** Aborts the calls in flight; later ones fail at once. */
    @Override
    public void close() {
        http.close();
        creations.close();
    }
}
