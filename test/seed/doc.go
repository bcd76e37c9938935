// Command seed fills an organization with people to look at and to measure with: names of many languages and scripts, addresses
// under example domains, every status, role, second factor and last activity. Nobody can log in as one of them.
//
// The same number makes the same people. A second run goes on where the first one stopped. It writes to the database itself,
// many rows to a statement, past the rules and letters of the product, and migrates the database first.
//
// Run it with "make seed USERS=1000000"; IDKIT_DATABASE says where, as for the program.
package main
