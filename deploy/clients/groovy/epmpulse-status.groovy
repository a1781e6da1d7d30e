/* RTPS: {EPMPulseApp} {EPMPulseDomain} {EPMPulseStatus} {EPMPulseJob} {EPMPulseMessage} {EPMPulseUrl} {EPMPulseEpmJob} */

// Posts the status of a load to EPMPulse. It never fails: an error is in the job's log, and the ruleset continues.
//
// Once, by a Service Administrator:
//  1. Tools, Connections, Create, "Other Web Service Provider": name EPMPulse, URL https://epmpulse.example.com.
//     EPM Cloud accepts only https on port 443, with a certificate of a public authority. In the advanced options add the
//     header X-API-Key with the key; leave user and password empty. The key is stored nowhere else.
//  2. In Calculation Manager, runtime prompts of the type String: EPMPulseApp and EPMPulseDomain (as in EPMPulse's
//     config/apps.json), EPMPulseStatus (Blank, Loading, OK or Warning), EPMPulseJob (any name of the run, the same at
//     its start and its end), EPMPulseMessage (at most 200 characters), EPMPulseUrl (https address of the job's log, at
//     most 500 characters; another value is left out), EPMPulseEpmJob (id of the job in EPM; EPMPulse then records its end).
//     The last three may be a blank.
//
// Where to run it: a rule that fails does not run its last line, so the rule that loads cannot post its own end. In the
// ruleset or pipeline add this rule as a step before the load (EPMPulseStatus = Loading) and as a step after it (OK). In a
// pipeline post Warning in a stage for failures. A load that is never ended is shown as stale.
//
// Tested with a simulation, not in EPM Cloud. Oracle's guides document all members used here except enteredValue, which is
// known from published rules: if the validation of the rule refuses it, use toString().

int tries = 3
// All tries have the same key, so that they count once, also if a reply was lost (502) or is not certain (504).
String once = "groovy-" + new Date().getTime() + "-" + Math.random()
for (int attempt = 1; attempt <= tries; attempt++) {
  try {
    String message = (rtps.EPMPulseMessage.enteredValue ?: "").trim()
    String epmJob = (rtps.EPMPulseEpmJob.enteredValue ?: "").trim()
    String url = (rtps.EPMPulseUrl.enteredValue ?: "").trim()
    HttpResponse<String> reply = operation.application.getConnection("EPMPulse")
      .post("/api/v1/status")
      .header("Content-Type", "application/json")
      .header("Idempotency-Key", once)
      .body(json([
        "app": rtps.EPMPulseApp.enteredValue.trim(),
        "domain": rtps.EPMPulseDomain.enteredValue.trim(),
        "status": rtps.EPMPulseStatus.enteredValue.trim(),
        "job_id": rtps.EPMPulseJob.enteredValue.trim(),
        "message": message.substring(0, Math.min(message.length(), 200)),
        "epm_job_id": epmJob.isEmpty() ? null : epmJob,
        "url": url.startsWith("https://") && url.length() <= 500 ? url : null
      ]))
      .asString()
    println "EPMPulse replied " + reply.status + ": " + reply.body
    // Retry only after replies that a restart of EPMPulse or its proxy may cause.
    if (!(reply.status in [429, 502, 503, 504])) {
      break
    }
    if (attempt < tries) {
      sleep(2000)
    }
  } catch (Exception e) {
    // No retry: the time that was spent waiting for the connection is not known.
    println "EPMPulse is unreachable: " + e.message
    break
  }
}
