// Command demo makes up a living installation and serves it: three organizations with 60 people of many languages in every
// state, their roles, modules, letters and six weeks of history. Run it with "make demo".
//
// Nothing is written past the rules of the product. Each person has a browser here, which asks the portal's own handler for
// pages and posts its forms, follows the links of the letters in the development mailbox and types what the authenticator
// shows, while a clock walks from six weeks ago to now. So the trails verify, and every count, date and letter is real.
//
// It is for looking at on one's own machine. It reads no setting of an installation, listens on loopback only, and begins
// anew in a folder that it has made itself; any other one, and any database that holds an organization, it leaves alone.
package main
