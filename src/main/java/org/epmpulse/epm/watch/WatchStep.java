package org.epmpulse.epm.watch;

/**
 * A request to a watched environment: the body of the messages of {@code epm-polls:watch}.
 *
 * @param kind what is requested
 * @param argument the type of the job to start, or the id of a job or location; empty if there is none
 * @param days how many days of the console are exported: 1, 2, 7, 30 or 60; 0 for other requests
 * @param number of the step, different for each
 */
public record WatchStep(WatchTarget target, Kind kind, String argument, int days, long number) {

    enum Kind {
        EXPORT("starting the export of the job console"),
        EXPORT_STATE("reading the state of the export"),
        /** Of the exported file. */
        DOWNLOAD("downloading the job console"),
        /** Of the exported file. */
        DELETE("deleting the exported file"),
        /** Requests the state of a job that cannot exist, to see whether EPM says so clearly. */
        PROBE("requesting a job that does not exist"),
        /** Requests the state of a job that may exist. */
        NUMBER("requesting the next job"),
        /** Of a location of Data Integration. */
        RULES("reading the rules of a location"),
        /** On tasks. */
        REPORT("generating the report"),
        /** Of the generated report. */
        REPORT_CONTENT("reading the report"),
        /** Requests the state of a listed job. */
        JOB("reading the state of a job");

        private final String what;

        Kind(String what) {
            this.what = what;
        }

        /** In texts for people. */
        String what() {
            return what;
        }
    }

    @Override
    public String toString() {
        return kind.what() + " of " + target.name();
    }
}
