//go:build race

package roster_test

// killedRows are fewer with the race detector, which slows a database in Go down tenfold.
const killedRows = 2000
