//go:build !race

package roster_test

import "idkit/internal/domain/roster"

// killedRows is how many people the import has that is killed: as many as one can have, with those that are left out.
const killedRows = roster.RowLimit - 4
