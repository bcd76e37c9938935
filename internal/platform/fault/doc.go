// Package fault is the language in which the rules say no.
//
// It owns the coarse kinds of refusal, their stable codes and the fields they
// point at. It does not know sentences (those stand in the message catalogues
// under "fault." + code), nor HTTP status codes (each way in translates kinds
// in exactly one place), nor any rule: a code is declared beside its rule.
package fault
