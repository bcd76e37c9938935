// Package organization owns the client organizations of the vendor: their
// name, status and built-in roles. It knows nothing of the people in them.
package organization
