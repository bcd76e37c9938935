// Package language owns the sentences that people read: message catalogues, one
// folder per language, and the way times are written. Whole sentences stand in
// the catalogue and are never glued together; a missing one is an error that a
// test finds. It does not know where a sentence is shown.
package language
