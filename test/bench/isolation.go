package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// reportIsolation times what a reader is told about a user and a role of another organization, and about ones that do not
// exist, in turn. That the answers are the same is tested; this is whether the time tells them apart. See reportUniformity for
// the area under the curve.
func reportIsolation(p *program, c crew, samples int) error {
	reader, other := c[0], c[1]
	var userID, roleID string
	d, err := db.Open(context.Background(), db.Options{URL: p.database, Now: time.Now})
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT id, role_id FROM users WHERE email = $1`, other.email).Scan(&userID, &roleID)
	})
	if err != nil {
		return err
	}
	browser := reader.second()
	for _, thing := range []struct{ what, before, id, after string }{
		{"user", "/users/", userID, ""}, {"role", "/users/roles/", roleID, "/permissions"},
	} {
		var foreign, nowhere []time.Duration
		for i := range samples {
			asked := []string{thing.id, id.New(thing.id[:3])}
			for turn := range asked {
				name := asked[(i+turn)%len(asked)]
				request := browser.text("GET", thing.before+name+thing.after, nil)
				began := time.Now()
				err := browser.send(request)
				spent := time.Since(began)
				if err := browser.answered(http.StatusNotFound, "a "+thing.what+" of others", err); err != nil {
					return err
				}
				if name == thing.id {
					foreign = append(foreign, spent)
				} else {
					nowhere = append(nowhere, spent)
				}
			}
		}
		printFigure(fmt.Sprintf("%s of another organization, %d samples", thing.what, samples), "median %s, AUC against one that does not exist %.3f",
			milliseconds(quantile(slices.Clone(foreign), 0.5)), auc(nowhere, foreign))
	}
	return nil
}
