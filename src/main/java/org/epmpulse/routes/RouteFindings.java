package org.epmpulse.routes;

import java.util.List;
import org.epmpulse.config.Problem;

/**
 * What {@code check} prints about the routes.
 *
 * @param problems all of them, in the order of the files
 * @param listing a line for each route and for each file that is not loaded
 */
public record RouteFindings(List<Problem> problems, List<String> listing) {

    public RouteFindings {
        problems = List.copyOf(problems);
        listing = List.copyOf(listing);
    }
}
