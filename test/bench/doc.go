// Command bench prints how fast and how light the program is: what a start takes, the memory it holds, what a session
// check, a log-in and an invitation cost, what the first view of a page weighs, and whether the time of an answer tells who has
// an account.
//
// It starts the given program on a database of its own, speaks to it over loopback alone, and stops it again. Nothing is
// asserted: absolute times belong to the machine. The load comes from the same processors as the program, so the
// processor time that the program itself spent per request is the figure that moves least between machines.
//
// With numbers of users it measures the list of users of one organization that grows, and what an export of it takes.
//
// Run it with "make bench" or "make bench-users", on PostgreSQL with "make bench BENCH='-database postgres://...'" and an empty database.
package main
