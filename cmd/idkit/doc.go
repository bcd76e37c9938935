// Command idkit is the portal: one program that serves it and looks after it.
// Each sub-command has a file of its name.
package main
