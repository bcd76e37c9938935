// Package backup owns the file that a backup is: every row of every table, as
// they were at one moment, in a form that both engines write and read. It does
// not know what the tables are about, nor what must not come back with them.
//
// A backup is a gzip stream of lines of JSON:
//
//	{"format":"idkit backup 1","id":"bak_…","made_at":"…","schema":12,"engine":"SQLite"}
//	{"table":"accounts","columns":[{"name":"id","kind":"text"},…]}
//	["acc_…","ada@example.com",…]
//	…
//	{"rows":81234,"sha256":"…","key":"9f3c21aa","mac":"…"}
//
// A table is followed by its rows and stands behind those that it refers to.
// Instants are RFC 3339 with microseconds, bytes are base64. The last line holds
// the SHA-256 of all bytes before it, and that digest authenticated with the
// secret key: a file that was cut off, damaged, or written by somebody without
// the key is refused. The key itself is not in the file.
package backup
