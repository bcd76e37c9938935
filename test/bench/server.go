package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// host is what the program believes to be reached at. It is no development host, so that the program measured
// is the one that people run: letters wait in the outbox instead of becoming files.
const host = "bench.example"

// clockTicks is the unit of /proc/PID/stat, 100 a second on every Linux that Go runs on.
const clockTicks = 100

// program is the binary with its settings, run in a folder of its own: that is where it makes its key.
type program struct {
	binary   string
	folder   string
	listen   string
	database string
	settings []string
}

func newProgram(binary, database, folder string) (*program, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	if database == "" {
		database = "sqlite:" + filepath.Join(folder, "data", "idkit.db")
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return &program{binary: binary, folder: folder, listen: listen, database: database, settings: append(os.Environ(),
		"IDKIT_LISTEN="+listen,
		"IDKIT_OPERATOR_LISTEN=off",
		"IDKIT_BASE_URL=https://"+host,
		"IDKIT_DATABASE="+database,
		"IDKIT_TRUSTED_PROXIES=127.0.0.1", // so that the people of the load come from addresses of their own
	)}, nil
}

// freeAddress finds a port that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func (p *program) invoke(args ...string) *exec.Cmd {
	command := exec.Command(p.binary, args...)
	command.Dir, command.Env = p.folder, p.settings
	return command
}

// run runs a command to its end and returns what it printed.
func (p *program) run(args ...string) (string, error) {
	command := p.invoke(args...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", p.binary, strings.Join(args, " "), err, out, &complaint)
	}
	return string(out), nil
}

// organization makes an organization and returns the invitation of its first administrator.
func (p *program) organization(name, email string) (link string, err error) {
	out, err := p.run("org", "create", "--name", name, "--first-name", "Ada", "--last-name", "Okafor",
		"--email", email, "--print-link")
	if err != nil {
		return "", err
	}
	link = regexp.MustCompile(`https://\S+`).FindString(out)
	if link == "" {
		return "", fmt.Errorf("org create printed no link: %s", out)
	}
	return link, nil
}

// server is the running program.
type server struct {
	process *exec.Cmd
	address string
	took    time.Duration // from the start of the process to its first answer
}

// start runs the program and asks without pause until it answers.
func (p *program) start() (*server, error) {
	command := p.invoke("serve")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &server{process: command, address: p.listen}
	for time.Since(began) < 10*time.Second {
		if c := newClient(s.address, ""); c.ask("GET", "/healthz", nil) == nil && c.status == 200 {
			c.close()
			s.took = time.Since(began)
			return s, nil
		}
	}
	s.stop()
	return nil, fmt.Errorf("the program does not answer at %s\n%s", p.listen, &complaint)
}

func (s *server) stop() {
	_ = s.process.Process.Signal(syscall.SIGTERM)
	_ = s.process.Wait()
}

// memory is what the process holds in RAM, in bytes (VmRSS).
func (s *server) memory() (int64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB`).FindSubmatch(content)
	if found == nil {
		return 0, errors.New("/proc tells no VmRSS")
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	return kilobytes * 1024, err
}

// spent is the processor time of the process so far.
func (s *server) spent() (time.Duration, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name of the program comes second, in brackets; time in user mode and in the kernel are fields 14 and 15.
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / clockTicks, nil
}
