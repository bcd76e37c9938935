package dbtest

import (
	"os"
	"strconv"
)

// RaceRounds is how often a race is run: TEST_RACE_ROUNDS, or 3 times.
func RaceRounds() int {
	if n, err := strconv.Atoi(os.Getenv("TEST_RACE_ROUNDS")); err == nil {
		return n
	}
	return 3
}
