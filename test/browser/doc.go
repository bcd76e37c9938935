// Package browser walks the journeys of the portal in a real browser: the very program, its own database and mailbox
// in a temporary folder, Debian's Chromium, a real QR decoder (zbarimg) and a real authenticator (oathtool).
//
// Everything but this file needs the build tag "browser" and is run by "make test-browser". Elements are found as
// assistive technology finds them, by their computed role and name, so that a test reads like the instructions one
// would give to a person, and fails when a label is missing.
package browser
