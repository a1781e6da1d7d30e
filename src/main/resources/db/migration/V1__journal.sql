-- One row. Its lock is the right to write; it also says which store this is.
CREATE TABLE store (
    id          smallint PRIMARY KEY CHECK (id = 1),
    store_id    text NOT NULL,
    -- Grows whenever revisions may restart.
    generation  bigint NOT NULL DEFAULT 1,
    -- System identifier, timeline and oid of the journal: changes when the database was restored or has failed over.
    origin      text NOT NULL,
    created     timestamptz(3) NOT NULL
);

-- All accepted updates, in the order of their commits.
CREATE TABLE journal (
    -- 1, 2, 3 ... without a gap.
    seq             bigint NOT NULL PRIMARY KEY,
    -- Null for a superseded update.
    revision        bigint,
    -- Time of receipt by the clock of the database.
    received        timestamptz(3) NOT NULL,
    app             text NOT NULL,
    domain          text NOT NULL,
    status          text NOT NULL,
    job_id          text,
    message         text,
    -- The sender's timestamp.
    stamped         timestamptz,
    epm_job_id      text,
    source          text NOT NULL,
    key_name        text,
    outcome         text NOT NULL,
    started         timestamptz,
    duration_sec    bigint,
    idempotency_key text,
    body_sha256     text,
    batch           text,
    part            int NOT NULL DEFAULT 0,
    parts           int NOT NULL DEFAULT 0,
    -- Name of the node that wrote the row.
    node            text NOT NULL,
    -- First 8 bytes of the SHA-256 of the chain value before and of the entry's line of JSON.
    chain           bigint NOT NULL
) PARTITION BY RANGE (seq);

CREATE INDEX journal_by_domain ON journal (app, domain, seq);
CREATE INDEX journal_by_job ON journal (job_id, seq) WHERE job_id IS NOT NULL;
CREATE INDEX journal_by_idempotency ON journal (received) WHERE idempotency_key IS NOT NULL;
CREATE INDEX journal_by_time ON journal USING brin (received);

-- Boards at a row: the start of a node reads one with jobs, a past board one without.
CREATE TABLE checkpoint (
    kind        text NOT NULL CHECK (kind IN ('start', 'day')),
    seq         bigint NOT NULL,
    received    timestamptz(3) NOT NULL,
    -- The state file in its JSON format with a checksum, compressed with gzip.
    content     bytea NOT NULL,
    PRIMARY KEY (kind, seq)
);

-- The node that publishes canvases, sends alerts and polls EPM.
CREATE TABLE lease (
    name        text PRIMARY KEY,
    holder      uuid,
    epoch       bigint NOT NULL,
    renewals    bigint NOT NULL
);

-- The running nodes.
CREATE TABLE node (
    id            uuid PRIMARY KEY,
    name          text NOT NULL,
    version       text NOT NULL,
    -- Hash of the configuration.
    configuration text NOT NULL,
    beats         bigint NOT NULL,
    seq           bigint NOT NULL,
    seen          timestamptz(3) NOT NULL,
    state         text NOT NULL CHECK (state IN ('starting', 'running', 'stopping'))
);

-- Small documents of the active node, such as the state of alerts and canvases.
CREATE TABLE document (
    name        text PRIMARY KEY,
    content     bytea NOT NULL,
    epoch       bigint NOT NULL
);

-- Alerts that Slack has accepted.
CREATE TABLE receipt (
    claim       uuid PRIMARY KEY,
    sent        timestamptz(3) NOT NULL
);

-- What the active node publishes for the others: domain notes, canvases, health.
CREATE TABLE shared_view (
    name        text PRIMARY KEY,
    version     bigint NOT NULL,
    content     text NOT NULL
);

-- Requests of other nodes to the active one.
CREATE TABLE request (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('sync', 'late-edit')),
    channel     text,
    asked       timestamptz NOT NULL,
    reply       text
);

-- How far each listener of changes has got that runs on the active node only.
CREATE TABLE listener (
    name        text PRIMARY KEY,
    -- Revision of the last change that it has processed, in this generation of the store.
    revision    bigint NOT NULL,
    generation  bigint NOT NULL,
    epoch       bigint NOT NULL
);

INSERT INTO lease (name, holder, epoch, renewals) VALUES ('active', NULL, 0, 0);
