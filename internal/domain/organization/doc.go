// Package organization owns the client organizations and the vendor, who is an
// organization of its own kind: their name, status and built-in roles, and the
// rule which names can be read. It knows nothing of the people in them.
package organization
