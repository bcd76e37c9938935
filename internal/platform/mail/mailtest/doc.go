// Package mailtest is a real mail server for tests: it speaks SMTP on the
// loopback interface, records what it takes, and refuses, hangs or breaks off
// where a test tells it to.
package mailtest
