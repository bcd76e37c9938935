package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	binary := flag.String("binary", "bin/idkit", "the program to measure")
	database := flag.String("database", "", "postgres://... of an empty database; SQLite in a temporary folder without it")
	span := flag.Duration("span", 4*time.Second, "how long each load lasts")
	samples := flag.Int("samples", 500, "how many answers of each class of address are timed")
	var users growth
	flag.StringVar(&users.sizes, "users", "", "numbers of users, such as 10000,100000: the list of users is measured at each, and nothing else")
	flag.StringVar(&users.seed, "seed", "bin/seed", "the program that makes users")
	flag.Parse()
	if err := run(*binary, *database, *span, *samples, users); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(binary, database string, span time.Duration, samples int, users growth) error {
	folder, err := os.MkdirTemp("", "idkit-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	p, err := newProgram(binary, database, folder)
	if err != nil {
		return err
	}
	if users.sizes != "" {
		return measureUsers(p, users, span)
	}
	if err := reportBinary(p); err != nil {
		return err
	}
	if _, err := p.run("migrate"); err != nil {
		return err
	}
	invitations, err := p.organizations(crewSize)
	if err != nil {
		return err
	}
	if err := reportStart(p); err != nil {
		return err
	}

	s, err := p.start()
	if err != nil {
		return err
	}
	defer s.stop()
	time.Sleep(2 * time.Second) // until the work of the start is done
	if err := reportMemory(s, "memory, idle"); err != nil {
		return err
	}
	c, err := assemble(s, invitations)
	if err != nil {
		return err
	}
	for _, report := range []func(*server, crew, time.Duration) error{
		reportWeight, reportSessions, reportInvitations, reportLogIns, reportCrowd, // the crowd ends sessions, so it comes last
	} {
		if err := report(s, c, span); err != nil {
			return err
		}
	}
	if err := reportMemory(s, "memory, after load"); err != nil {
		return err
	}
	if err := reportIsolation(p, c, samples); err != nil {
		return err
	}
	return reportUniformity(p, s, samples)
}
