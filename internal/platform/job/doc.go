// Package job runs the work that goes on beside the answers: over and over, with
// a pause between, and sooner when somebody rings. It does not know what the work
// is about, nor which of several processes does a piece of it: the work sees to
// that in the database.
package job
