// Package apptest runs a whole App for tests of the ways in: at work in the
// background until the test ends, with a clock that the test can put forward. It
// does not know what the tests look at.
package apptest
