// Package dbtest gives each test a migrated database of its own: SQLite in a
// temporary folder, or PostgreSQL when TEST_POSTGRES_URL names a server on
// which databases may be made, and a Clock that the test moves. Tests never fake
// a database.
package dbtest
