// Command idkit is one program that serves the portal and the operator's console
// and looks after them. Each sub-command has a file of its name.
package main
