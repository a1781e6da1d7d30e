package org.epmpulse.routes;

import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.epmpulse.board.BoardReplies;
import org.jspecify.annotations.Nullable;

/** What routes of the site find in their Camel context besides beans: placeholders and JSON of records. */
public final class SiteContext {

    private SiteContext() {}

    /**
     * Adds them before any route is created.
     *
     * @param variables value of a variable by its name; null if it has none
     */
    public static void addTo(Main main, Function<String, @Nullable String> variables, BoardReplies board) {
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport support) {
                addTo(support.getCamelContext(), variables, board);
            }
        });
    }

    /** Adds them to a context without routes. */
    static void addTo(CamelContext context, Function<String, @Nullable String> variables, BoardReplies board) {
        context.getPropertiesComponent().addPropertiesFunction(new EnvPlaceholders(variables));
        new RecordConverters(board).addTo(context);
    }
}
