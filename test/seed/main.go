package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
)

func main() {
	database := flag.String("database", cmp.Or(os.Getenv("IDKIT_DATABASE"), "sqlite:data/idkit.db"), "sqlite:PATH or postgres://...")
	client := flag.String("organization", "", "id or name of the organization; without it the first there is, or a new Northwind")
	users := flag.Int("users", 10_000, "how many people to add")
	seed := flag.Uint64("seed", 1, "another number makes other people")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *database, *client, *users, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, database, client string, users int, seed uint64) error {
	d, err := db.Open(ctx, db.Options{URL: database, Now: time.Now})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := db.Migrate(ctx, d); err != nil {
		return err
	}
	f := fill{db: d}
	if f.organization, err = choose(ctx, d, client); err != nil {
		return err
	}
	if err := f.prepare(ctx); err != nil {
		return err
	}
	began := time.Now()
	c := crowd{seed: seed, size: users, from: f.present}
	for done := 0; done < users; {
		next := min(done+batch, users)
		if err := f.add(ctx, c, done, next); err != nil {
			return err
		}
		done = next
		fmt.Fprintf(os.Stderr, "\r%d of %d people in %s", done, users, f.organization.Name)
	}
	if err := f.settle(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Fprintf(os.Stderr, "\r%d people added to %s in %s, %.0f a second\n", users, f.organization.Name,
		took.Round(time.Millisecond), float64(users)/took.Seconds())
	return nil
}

// choose finds the organization to fill; an empty installation gets one.
func choose(ctx context.Context, d *db.DB, client string) (o organization.Organization, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		all, err := organization.List(ctx, tx)
		if err != nil {
			return err
		}
		for _, o = range all {
			if client == "" || o.ID == client || o.Name == client {
				return nil
			}
		}
		if client != "" {
			return errors.New("there is no organization " + client)
		}
		o, _, err = organization.Create(ctx, tx, organization.Client, "Northwind")
		return err
	})
	return o, err
}
