package proxy

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long a proxy may take to answer after its start.
const patience = 15 * time.Second

// Names are the proxies that the document has lines for.
var Names = []string{"nginx", "caddy"}

// Place is what the lines stand between, each a host and a port.
type Place struct {
	Address string // where the proxy listens, and the browser goes
	Portal  string
	Module  string
}

// Start runs a proxy until the end of the test, or skips the test where it is not installed.
func Start(t testing.TB, name string, place Place) {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			t.Skip(name + " is not installed: make tools-for-test")
		}
	}
	lines := strings.NewReplacer("127.0.0.1:8080", place.Portal, "127.0.0.1:9000", place.Module).Replace(documented(t, name))
	folder := t.TempDir()
	var command *exec.Cmd
	if name == "nginx" {
		command = nginx(t, program, folder, place.Address, lines)
	} else {
		command = caddy(t, program, folder, place.Address, lines)
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
		_ = log.Close()
	})
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", place.Address); err == nil {
			_ = c.Close()
			return
		}
	}
	said, _ := os.ReadFile(log.Name()) // best effort: the test fails anyway
	t.Fatalf("%s does not answer: %s", name, said)
}

// documented are the lines that the document has for a proxy: for nginx those of the portal, then those of a module.
func documented(t testing.TB, name string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	content, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, block := range regexp.MustCompile("(?s)```"+name+"\n(.*?)```").FindAllStringSubmatch(string(content), -1) {
		lines.WriteString(block[1])
	}
	if !strings.Contains(lines.String(), "/api/v1/forward-auth") {
		t.Fatalf("the document has other lines for %s:\n%s", name, &lines)
	}
	return lines.String()
}

func nginx(t testing.TB, program, folder, address, locations string) *exec.Cmd {
	t.Helper()
	var temporary strings.Builder
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temporary, "%s_temp_path %s/%s;\n", what, folder, what)
	}
	file := write(t, folder, fmt.Sprintf(
		"daemon off;\nmaster_process off;\npid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n%[2]sserver {\nlisten %[3]s;\n%[4]s}\n}\n",
		folder, &temporary, address, locations))
	return exec.Command(program, "-p", folder, "-c", file, "-e", "stderr")
}

func caddy(t testing.TB, program, folder, address, site string) *exec.Cmd {
	t.Helper()
	file := write(t, folder, "{\nadmin off\nauto_https off\n}\n"+strings.Replace(site, "id.example.com", "http://"+address, 1))
	command := exec.Command(program, "run", "--config", file, "--adapter", "caddyfile")
	command.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	return command
}

func write(t testing.TB, folder, content string) (file string) {
	t.Helper()
	file = filepath.Join(folder, "configuration")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
