// Package web is the two ways in for people, the portal and the operator's
// console: HTTP in, calls of the domain, pages out.
//
// routes.go and console.go list every path with who may use it; guard.go holds
// each request to that; errors.go is the one place where refusals become pages.
// Each action has a file of its name, as it has in the domain and in package page. There
// are no rules and no SQL here: a handler reads the form, calls one method and
// shows what came of it.
package web
