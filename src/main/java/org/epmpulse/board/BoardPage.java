package org.epmpulse.board;

import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.EndpointPolicies;

/**
 * Serves the web page of the board, also while the service starts. Its files need no key because they contain no status:
 * the page requests that from the API with the user's key. Immutable.
 */
public final class BoardPage {

    /** The files of the page, beside {@code index.html} and the texts. */
    private static final List<String> FILES = List.of(
            "board.css",
            "print.css",
            "wall.css",
            "icon.svg",
            "icon-failed.svg",
            "icon-late.svg",
            "icon-outdated.svg",
            "board.js",
            "board/address.js",
            "board/answers.js",
            "board/api.js",
            "board/attention.js",
            "board/axis.js",
            "board/copy.js",
            "board/derive.js",
            "board/domain.js",
            "board/facts.js",
            "board/feed.js",
            "board/frame.js",
            "board/health.js",
            "board/jobs.js",
            "board/key.js",
            "board/keyboard.js",
            "board/loader.js",
            "board/navigation.js",
            "board/nights.js",
            "board/notify.js",
            "board/parts.js",
            "board/runs.js",
            "board/store.js",
            "board/symbols.js",
            "board/texts.js",
            "board/time.js",
            "board/tonight.js",
            "board/wall.js");

    private static final List<String> LIT_FILES = List.of(
            "lit-html.js", "directive.js", "directive-helpers.js", "directives/guard.js", "directives/repeat.js");

    /** The texts of the page in a language, such as {@code de}. */
    private static final Pattern TEXTS = Pattern.compile("/text/([a-z]{2,3})\\.js");

    /** How many languages without texts are remembered, so that requests for many of them occupy little memory. */
    private static final int MAX_UNKNOWN = 500;

    private static final String ENGLISH = "/text/en.js";

    private final String policy;
    private final Map<String, PageFile> texts = new ConcurrentHashMap<>();

    /**
     * The page.
     *
     * @param frameAncestors sources of the directive {@code frame-ancestors} of a content security policy: which pages may
     *     show this one in a frame
     */
    public BoardPage(String frameAncestors) {
        this.policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors " + frameAncestors;
    }

    /** Adds {@code GET /} and the path of each file to the server. */
    public void mountOn(ApiServer server) {
        mount(server, "/", PageFile.read(PageFile.OWN + "index.html"));
        FILES.forEach(name -> mount(server, "/" + name, PageFile.read(PageFile.OWN + name)));
        String lit = "/META-INF/resources/_static/lit-html/" + litVersion() + "/";
        LIT_FILES.forEach(name -> mount(server, "/lit/" + name, PageFile.read(lit + name)));
        PageFile english = PageFile.read(PageFile.OWN + ENGLISH.substring(1));
        server.mount("/text/*", EndpointPolicies.PAGE, request -> {
            Matcher path = TEXTS.matcher(request.normalizedPath());
            send(server, request, path.matches() ? texts(path.group(1), english) : english);
        });
    }

    /** The texts in a language; English if the program has none. */
    private PageFile texts(String language, PageFile english) {
        PageFile known = texts.get(language);
        if (known == null) {
            known = Objects.requireNonNullElse(PageFile.find(PageFile.OWN + "text/" + language + ".js"), english);
            if (known != english || texts.size() < MAX_UNKNOWN) {
                texts.put(language, known);
            }
        }
        return known;
    }

    private void mount(ApiServer server, String path, PageFile file) {
        server.mount(path, EndpointPolicies.PAGE, request -> send(server, request, file));
    }

    private void send(ApiServer server, RoutingContext request, PageFile file) {
        request.response().putHeader("Content-Security-Policy", policy);
        file.send(server, request);
    }

    private static String litVersion() {
        Properties properties = new Properties();
        try (InputStream in =
                BoardPage.class.getResourceAsStream("/META-INF/maven/org.mvnpm/lit-html/pom.properties")) {
            properties.load(Objects.requireNonNull(in, "the class path must contain lit-html"));
        } catch (IOException e) {
            throw new UncheckedIOException("lit-html must be readable", e);
        }
        return properties.getProperty("version");
    }
}
