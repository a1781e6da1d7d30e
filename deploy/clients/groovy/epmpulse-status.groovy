/* RTPS: {EPMPulseApp} {EPMPulseDomain} {EPMPulseStatus} {EPMPulseJob} {EPMPulseMessage} */

// Posts the status of a load to EPMPulse. It never fails: what went wrong is in the job's log, and the ruleset goes on.
//
// Once, by a Service Administrator:
//  1. Tools, Connections, Create, "Other Web Service Provider": name EPMPulse, URL https://epmpulse.example.com.
//     EPM Cloud takes https on port 443 only, with a certificate of a public authority. Under the advanced options add
//     the header X-API-Key with the key; leave user and password empty. The key is nowhere else.
//  2. In Calculation Manager, runtime prompts of the type String: EPMPulseApp and EPMPulseDomain (as in EPMPulse's
//     config/apps.json), EPMPulseStatus (Blank, Loading, OK or Warning), EPMPulseJob (any name of the run, the same at
//     its start and its end), EPMPulseMessage (at most 200 characters). EPMPulseMessage may be a blank.
//
// Where to run it: a rule that fails does not run its last line, so the end is not for the rule that loads. Make this
// rule a step of its own before the load (EPMPulseStatus = Loading) and one after it (OK) in the ruleset or pipeline.
// In a pipeline a stage for failures posts Warning. What says Loading and never ends is shown as stale.
//
// Tested beside a pod, not on one. Oracle's guides name all members used here but enteredValue, which is known from
// rules of others: where the validation of the rule refuses it, use toString().

int tries = 3
for (int attempt = 1; attempt <= tries; attempt++) {
  try {
    String message = (rtps.EPMPulseMessage.enteredValue ?: "").trim()
    // No idempotency key is needed: EPMPulse takes the same status again within ten minutes for a duplicate.
    HttpResponse<String> reply = operation.application.getConnection("EPMPulse")
      .post("/api/v1/status")
      .header("Content-Type", "application/json")
      .body(json([
        "app": rtps.EPMPulseApp.enteredValue.trim(),
        "domain": rtps.EPMPulseDomain.enteredValue.trim(),
        "status": rtps.EPMPulseStatus.enteredValue.trim(),
        "job_id": rtps.EPMPulseJob.enteredValue.trim(),
        "message": message.substring(0, Math.min(message.length(), 200))
      ]))
      .asString()
    println "EPMPulse answered " + reply.status + ": " + reply.body
    // Only what a restart of EPMPulse or its proxy answers is worth another attempt.
    if (!(reply.status in [429, 502, 503, 504])) {
      break
    }
    if (attempt < tries) {
      sleep(2000)
    }
  } catch (Exception e) {
    // Not again: nobody says how long a connection that hangs has been waited for.
    println "EPMPulse was not reached: " + e.message
    break
  }
}
