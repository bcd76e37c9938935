// Package person owns what people type about a person: names, addresses, mobile
// numbers. It says what is accepted, in which form it is kept, by which key two
// of them are the same, and in which form they are searched. It gathers refusals
// by form field. It stores nothing and knows no user and no account.
package person
