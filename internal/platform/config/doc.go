// Package config owns the settings of an installation: one documented struct,
// read from flags and from environment variables of the same name, checked as a
// whole so that all mistakes are told at once, and handed to whoever needs it.
// There is no global. It does not open or connect anything, except the key file
// that it makes on the first run.
package config
