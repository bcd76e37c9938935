// Package organization owns the client organizations of the vendor: their
// name, status and built-in roles, and the rule which names can be read. It
// knows nothing of the people in them.
package organization
