package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"idkit/internal/app"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

type auditVerify struct {
	File  string      `placeholder:"FILE" help:"Check an export of a whole trail as JSON lines instead of the database."`
	Heads []notedHead `name:"head" placeholder:"HEAD" help:"A head that was noted before, as this command prints it; its trail must still hold that very line. May be repeated."`
}

// notedHead is a flag that is refused where it is no head.
type notedHead struct{ audit.Head }

func (h *notedHead) UnmarshalText(text []byte) (err error) {
	h.Head, err = audit.ParseHead(string(text))
	return err
}

// errBroken ends the command after its report.
var errBroken = errors.New("do not hold")

// exitBroken tells a trail that does not hold from a check that could not be made.
const exitBroken = 3

func (v auditVerify) Run(ctx context.Context, e environment) error {
	var noted []audit.Head
	for _, h := range v.Heads {
		noted = append(noted, h.Head)
	}
	if v.File != "" {
		return v.verifyFile(e, noted)
	}
	return e.with(ctx, func(a *app.App) error {
		return a.DB().Read(ctx, func(tx *db.Tx) error { return verifyTrails(ctx, tx, e, noted) })
	})
}

// verifyTrails checks every trail of the database, also one that is gone and whose head was noted.
func verifyTrails(ctx context.Context, tx *db.Tx, e environment, noted []audit.Head) error {
	trails, err := audit.Trails(ctx, tx)
	if err != nil {
		return err
	}
	for _, h := range noted {
		if !slices.Contains(trails, h.OrganizationID) {
			trails = append(trails, h.OrganizationID)
		}
	}
	broken := 0
	for _, trail := range trails {
		end, err := audit.Verify(ctx, tx, trail, noted...)
		if err := report(e, end, err); errors.Is(err, errBroken) {
			broken++
		} else if err != nil {
			return err
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d of the trails %w", broken, errBroken)
	}
	return nil
}

func (v auditVerify) verifyFile(e environment, noted []audit.Head) error {
	file, err := os.Open(v.File)
	if err != nil {
		return err
	}
	defer file.Close()
	end, err := audit.VerifyLines(file, noted...)
	if err := report(e, end, err); errors.Is(err, errBroken) {
		return fmt.Errorf("the lines of %s %w", v.File, errBroken)
	} else if err != nil {
		return fmt.Errorf("%s: %w", v.File, err)
	}
	return nil
}

// report prints the verdict on one trail, and returns errBroken for a bad one.
func report(e environment, end audit.Head, err error) error {
	var verdict audit.Broken
	switch {
	case errors.As(err, &verdict):
		fmt.Fprintln(e.stdout, "broken  ", verdict)
		return errBroken
	case err != nil:
		return err
	case end.Sequence == 0:
		fmt.Fprintf(e.stdout, "intact   %s, no lines\n", end.OrganizationID)
	default:
		fmt.Fprintf(e.stdout, "intact   %s, lines 1 to %d\n         head %s\n", end.OrganizationID, end.Sequence, end)
	}
	return nil
}
