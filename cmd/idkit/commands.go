package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"

	"idkit/internal/app"
	"idkit/internal/platform/config"
)

// commands is the whole command line. Settings come before or after the
// command's name, as flags or as environment variables.
type commands struct {
	Settings settings `embed:""`

	Serve   serve   `cmd:"" help:"Run the portal and the operator's console."`
	Migrate migrate `cmd:"" help:"Bring the database to this version and exit."`
	Show    show    `cmd:"" name:"config" help:"Print the settings in force, secrets redacted."`
	Doctor  doctor  `cmd:"" help:"Check settings, key, database and mail, and say what to mend."`
	Org     struct {
		Create     orgCreate     `cmd:"" help:"Make an organization and invite its first Administrator."`
		List       orgList       `cmd:"" help:"List the organizations."`
		Suspend    orgSuspend    `cmd:"" help:"Suspend an organization: all its sessions end at once."`
		Reactivate orgReactivate `cmd:"" help:"Reactivate an organization. No session comes back."`
		Recover    orgRecover    `cmd:"" help:"Begin to invite a new Administrator where all are lost: 72 hours, every user can object, a second operator approves."`
	} `cmd:"" help:"Organizations."`
	Operator struct {
		Invite     operatorInvite     `cmd:"" help:"Invite an operator to the console; the first one makes the vendor."`
		List       operatorList       `cmd:"" help:"List the operators."`
		Suspend    operatorSuspend    `cmd:"" help:"Suspend an operator: all their sessions end at once."`
		Reactivate operatorReactivate `cmd:"" help:"Reactivate an operator. No session comes back."`
	} `cmd:"" help:"The vendor's own people, who use the operator's console."`
	Backup  backUp  `cmd:"" help:"Copy the database into one file while the portal runs."`
	Restore restore `cmd:"" help:"Fill an empty database from a backup; old sessions, links and codes stay dead."`
	Mail    struct {
		Release mailRelease `cmd:"" help:"Let letters leave that are held since a restore."`
	} `cmd:"" help:"The outbox."`
	Audit struct {
		Verify auditVerify `cmd:"" help:"Check the audit trails and name the first broken line."`
	} `cmd:"" help:"The audit trail."`
	Schema schema `cmd:"" hidden:"" help:"Print the schema of a fresh database."`
}

// settings are a config.Config that the parser does not validate: config shows
// wrong ones as well, and doctor explains them.
type settings config.Config

// environment is what a sub-command runs in.
type environment struct {
	config         config.Config
	stdout, stderr io.Writer
}

// exitMisused is for a command line that cannot be understood.
const exitMisused = 2

// parse returns the command to run, or the exit code where there is none: after
// --help, or exitMisused. Without any word it prints the help as well.
func parse(args []string, stdout, stderr io.Writer) (command func(context.Context) error, exit int, err error) {
	var c commands
	exited := false
	parser, err := kong.New(&c, kong.Name("idkit"), kong.Description("A self-hosted portal in which organizations manage their own users."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited, exit = true, code }), kong.ValueFormatter(describe))
	if err != nil {
		return nil, 1, err
	}
	if len(args) == 0 {
		_, err := parser.Parse([]string{"--help"})
		return nil, exitMisused, err
	}
	parsed, err := parser.Parse(args)
	if exited {
		return nil, exit, nil
	}
	if err != nil {
		return nil, exitMisused, fmt.Errorf("%w\nRun \"idkit --help\" to see what there is", err)
	}
	return func(ctx context.Context) error {
		parsed.BindTo(ctx, (*context.Context)(nil))
		return parsed.Run(environment{config: config.Config(c.Settings), stdout: stdout, stderr: stderr})
	}, 0, nil
}

// describe is the help of a flag with its default and its environment variable.
func describe(v *kong.Value) string {
	var facts []string
	if v.Default != "" {
		facts = append(facts, "default "+v.Default)
	}
	facts = append(facts, v.Tag.Envs...)
	if len(facts) == 0 {
		return v.Help
	}
	return v.Help + " [" + strings.Join(facts, ", ") + "]"
}

// open opens the installation for a command that is not the server.
func (e environment) open(ctx context.Context) (*app.App, error) {
	return app.New(ctx, app.Options{Config: e.config, Log: e.log(slog.LevelWarn), Announce: e.stdout})
}

func (e environment) log(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(e.stderr, &slog.HandlerOptions{Level: level}))
}

// with opens the installation, runs an act and closes it again.
func (e environment) with(ctx context.Context, act func(*app.App) error) error {
	a, err := e.open(ctx)
	if err != nil {
		return err
	}
	if err := act(a); err != nil {
		_ = a.Close() // the act's own error is the one to tell
		return err
	}
	if err := a.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}
