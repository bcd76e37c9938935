// Package db is the only place that knows a database engine.
//
// It opens SQLite (embedded, the default) or PostgreSQL, runs the migrations,
// and offers two ways to work: Read for queries and Write for one transaction.
// Above it, the same hand-written SQL text runs on both engines; the rules of
// that shared dialect are in ARCHITECTURE.md. Driver errors become faults here,
// times become UTC in whole microseconds here, and nothing above names a driver.
//
// On SQLite all writes go through one connection. Writes that wait for it at
// the same moment share one commit, each but the first inside a savepoint of
// its own: one sync of the disk acknowledges many of them, and none is
// acknowledged before it.
package db
