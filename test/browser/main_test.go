//go:build browser

package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the one browser of a test run. Each person gets a profile of their own in it.
var chromium context.Context

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	for _, program := range []string{"chromium-headless-shell", "zbarimg", "oathtool"} {
		if _, err := exec.LookPath(program); err != nil {
			fmt.Fprintf(os.Stderr, "The browser tests need %s; \"make test\" installs it.\n", program)
			return 1
		}
	}
	profile, err := os.MkdirTemp("", "idkit-chromium")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(profile)

	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath("chromium-headless-shell"), // Chromium without its windows, which take most of its time
		chromedp.UserDataDir(profile),
		chromedp.Headless,
		chromedp.NoSandbox, // it only ever sees our own pages, and Chromium refuses to be root's browser otherwise
		chromedp.NoFirstRun,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), // containers have a small /dev/shm
		chromedp.Flag("force-color-profile", "srgb"), // the same pictures everywhere
	)
	defer stop()
	var done context.CancelFunc
	chromium, done = chromedp.NewContext(allocator)
	defer done()
	if err := chromedp.Do(chromium); err != nil {
		fmt.Fprintf(os.Stderr, "Chromium did not start: %v\n", err)
		return 1
	}
	return m.Run()
}
