-- The store's schema, version 3, as published. Never changes.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 0);

CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY,
    wall    INTEGER NOT NULL,
    boot    INTEGER NOT NULL,
    synced  INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    event   TEXT NOT NULL,
    records TEXT NOT NULL,
    hash    TEXT NOT NULL
) STRICT;

CREATE TABLE journal_base (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    seq      INTEGER NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
INSERT INTO journal_base VALUES (1, 0, printf('%064d', 0));

CREATE TABLE timeline (
    incident TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
    id        TEXT NOT NULL PRIMARY KEY,
    state     TEXT NOT NULL,
    final     INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    row       TEXT NOT NULL,
    sum       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_open ON incidents (final, closed_at);
CREATE INDEX incidents_by_state ON incidents (state, id);

CREATE TABLE attempts (
    incident   TEXT NOT NULL,
    number     INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    row        TEXT NOT NULL,
    sum        INTEGER NOT NULL,
    PRIMARY KEY (incident, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_start ON attempts (started_at);

CREATE TABLE commands (
    id       TEXT NOT NULL PRIMARY KEY,
    incident TEXT NOT NULL,
    final    INTEGER NOT NULL,
    row      TEXT NOT NULL,
    sum      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_incident ON commands (incident);
CREATE INDEX commands_open ON commands (id) WHERE final = 0;

CREATE TABLE signals (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    incident    TEXT NOT NULL,
    firing      INTEGER NOT NULL,
    row         TEXT NOT NULL,
    sum         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signals_by_incident ON signals (incident);
CREATE INDEX signals_firing ON signals (fingerprint) WHERE firing = 1;

CREATE TABLE hosts (
    host TEXT NOT NULL PRIMARY KEY,
    row  TEXT NOT NULL,
    sum  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    name TEXT NOT NULL PRIMARY KEY,
    row  TEXT NOT NULL,
    sum  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE heads (
    seq    INTEGER PRIMARY KEY,
    hash   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    signed TEXT NOT NULL
) STRICT;
PRAGMA application_id = 1953459572;
PRAGMA user_version = 3;
