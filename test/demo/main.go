package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"idkit/internal/app"
	"idkit/internal/platform/config"
)

func main() {
	folder := flag.String("data", "data/demo", "folder of the demo, made anew at each start")
	port := flag.Int("port", 8090, "port on this machine; the next free one is taken")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *folder, *port, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder string, port int, in io.Reader, out io.Writer) error {
	if err := noInstallation(os.Environ()); err != nil {
		return err
	}
	if err := anew(folder); err != nil {
		return err
	}
	c, public, err := settings(folder, port)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "Six weeks of three organizations are made up. It takes half a minute.")
	made, err := build(ctx, c, time.Now())
	if err != nil {
		return errors.Join(err, public.Close())
	}
	portal, err := app.New(ctx, app.Options{
		Config: c, Announce: out, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return errors.Join(err, public.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = public.Close()
	}()
	served := make(chan error, 1)
	go func() {
		served <- serve(public, c.Listen)
		stop()
	}()
	made.welcome(out, c)
	go made.codes(in, out)
	return errors.Join(portal.Run(ctx), portal.Close(), <-served)
}

// noInstallation refuses to begin where somebody has set up an installation: whoever has is in the wrong window.
func noInstallation(environment []string) error {
	for _, variable := range environment {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "IDKIT_") {
			return fmt.Errorf("%s is set: this is where an installation is run. The demo takes no settings; begin it in another shell", name)
		}
	}
	return nil
}

// settings finds ports on this machine: the one that visitors use, the console's, and the portal's own behind the first.
func settings(folder string, port int) (config.Config, net.Listener, error) {
	public, err := listen(port)
	if err != nil {
		return config.Config{}, nil, err
	}
	at := public.Addr().(*net.TCPAddr).Port
	console, err := listen(at + 1)
	if err != nil {
		return config.Config{}, nil, errors.Join(err, public.Close())
	}
	behind, err := listen(console.Addr().(*net.TCPAddr).Port + 1)
	if err != nil {
		return config.Config{}, nil, errors.Join(err, public.Close(), console.Close())
	}
	c := config.Config{
		Listen: behind.Addr().String(), OperatorListen: console.Addr().String(), BaseURL: fmt.Sprintf("http://localhost:%d", at), Database: "sqlite:" + filepath.Join(folder, "idkit.db"),
		MailFrom: "idkit@localhost", Brand: "IDKit", ModulesFile: filepath.Join(folder, "modules.json"), TrustedProxies: []string{"127.0.0.1"},
	}
	return c, public, errors.Join(console.Close(), behind.Close())
}

// tries is how many ports are asked for, one after the other.
const tries = 20

func listen(port int) (l net.Listener, err error) {
	for next := port; next < port+tries; next++ {
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", next)); err == nil {
			return l, nil
		}
	}
	return nil, err
}

// guests are those whom a visitor is invited to be.
func (s story) guests() []*person {
	who := func(mailbox string) *person { return s.northwind.people[mailbox] }
	return []*person{who("ada"), who("sam"), who("kofi"), who("ingrid"), who("priya"), s.fabrikam.chief, s.vendor.chief, s.vendor.people["leo"]}
}

// welcome tells where to go, and who a visitor can be there.
func (s story) welcome(out io.Writer, c config.Config) {
	fmt.Fprintf(out, "\n  Portal   %s\n  Console  %s   for the two operators of IDKit\n  Letters  %s/dev/mailbox\n\n"+
		"  Everybody's password is: %s\n\n", c.BaseURL, c.OperatorURL(), c.BaseURL, password)
	s.list(out, time.Now())
	fmt.Fprint(out, "\n  Whoever has a code is asked for it after the password. Press Enter for those of the moment, or add the key to your\n"+
		"  authenticator. A real installation never shows a key again; this one is for this computer only, and begins anew each time.\n"+
		"  Ctrl+C ends it.\n\n")
}

// list prints the guests with the codes of a moment.
func (s story) list(out io.Writer, now time.Time) {
	for _, p := range s.guests() {
		code := "no code"
		if p.key != "" {
			code = "code " + p.codeAt(now) + ", key " + p.key
		}
		fmt.Fprintf(out, "  %-26s  %-16s  %-32s  %s\n", p.email, p.name(), p.role+" of "+p.home, code)
	}
}

// codes prints the codes again whenever somebody presses Enter.
func (s story) codes(in io.Reader, out io.Writer) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		s.list(out, time.Now())
		fmt.Fprintln(out)
	}
}
