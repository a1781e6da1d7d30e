package org.epmpulse.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.jspecify.annotations.Nullable;

/** Replies with a page of a list as CSV, with a link to the next page. */
final class CsvPages {

    private CsvPages() {}

    /**
     * The reply with this text.
     *
     * @param next cursor of the next page; null if this is the last
     * @param filters names of the parameters that the next page needs, too
     */
    static Reply reply(String csv, @Nullable String next, List<String> filters, Map<String, Object> headers) {
        Map<String, String> more = new LinkedHashMap<>();
        more.put("Content-Type", "text/csv; charset=utf-8; header=present");
        if (next != null) {
            more.put("Link", "<?" + nextQuery(headers, next, filters) + ">; rel=\"next\"");
        }
        return Reply.text(more, csv);
    }

    /** The query of the next page, with the same filters. */
    private static String nextQuery(Map<String, Object> headers, String next, List<String> filters) {
        StringBuilder query = new StringBuilder();
        for (String name : filters) {
            String value = RequestHeaders.text(headers, name);
            if (value != null) {
                query.append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                        .append('&');
            }
        }
        return query.append("cursor=").append(next).toString();
    }
}
