package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command, exit, err := parse(args, stdout, stderr)
	if command == nil {
		if err != nil {
			fmt.Fprintln(stderr, "idkit:", err)
		}
		return exit
	}
	if err := command(ctx); err != nil {
		fmt.Fprintln(stderr, "idkit:", err)
		if errors.Is(err, errBroken) {
			return exitBroken
		}
		return 1
	}
	return 0
}
