// Package organization owns the client organizations and the vendor, who is an
// organization of its own kind: their name, status and built-in roles, what they
// lay down for their people (Policy), how they look (Brand), which colours can be
// read, and which names. It knows nothing of the people in them.
package organization
