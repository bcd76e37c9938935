// Package epoch owns what a restored backup may not bring back. A backup carries
// sessions, half log-ins, links, pending codes and queued letters as they were;
// after its restore a new epoch begins in which all of them are dead, and no
// letter leaves until somebody says so:
//
//	empty database ─ rows of the backup ─ newer migrations ─ new epoch ─ portal may start
//	                 (one transaction)                       (one transaction)
//
// A database between the second step and the last is opened by no program: a
// restore that was interrupted has to be begun anew.
//
// It does not know the form of the file (platform/backup), nor how each room ends
// what is its own: every room has a BeginEpoch, called from here.
package epoch
