// Package metrics owns numbers about the running program and the text in which a
// monitoring system reads them (the Prometheus text format, version 0.0.4). It
// does not know what is counted.
//
// Labels are few and their values come from fixed sets: routes, classes of
// status, codes of refusals. No name, address or id is ever a label.
package metrics
