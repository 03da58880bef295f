package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
)

// TestInterrupt: the first Ctrl-C ends the sending, with reports that say so, and
// leaves nothing at the target; the run is resumed to its end. The second ends the
// process at once.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state")
	printed, stop := sandboxProcess(t, nil, "--addr", "127.0.0.1:0", "--data", state)
	flows := []string{"run", "--target", printed["url"], "--fixtures", printed["fixtures"], "--filter", "operation:webhooks-create || operation:token-update || (chapter:flows && operation:payment-void)", "--quiet-window", "300ms"}
	dir := t.TempDir()
	for _, lines := range []int{2, 150, 60} {
		out := fmt.Sprint("out", lines)
		stdout, ended := signalled(t, dir, out, map[syscall.Signal]int{syscall.SIGINT: lines}, append(flows, "--out", out)...)
		if ended.ExitCode() != run.ExitInterrupted || !strings.HasPrefix(lastLine(stdout), "INTERRUPTED: ") {
			t.Errorf("after %d lines: exit code %d:\n%s", lines, ended.ExitCode(), stdout)
		}
		incomplete(t, filepath.Join(dir, out))
		if d := readDocument(t, filepath.Join(dir, out)); len(d.Left) > 0 || d.CaseCounts.NotRun == 0 {
			t.Errorf("after %d lines: left behind %s, cases %+v", lines, d.Left, d.CaseCounts)
		}
	}
	if stdout, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out60"); code != run.ExitPass || readDocument(t, filepath.Join(dir, "out60")).Interrupted {
		t.Errorf("resumed: exit code %d:\n%s%s", code, stdout, stderr)
	}
	stop()
	var kept struct {
		Transactions, Hooks []any
		Tokens              []struct{ Dead bool } // those that were removed are kept, dead
	}
	if err := json.Unmarshal([]byte(readFile(t, state)), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept.Transactions) == 0 || len(kept.Tokens) == 0 || len(kept.Hooks) > 0 {
		t.Errorf("%d transactions, %d tokens, webhooks are left: %v", len(kept.Transactions), len(kept.Tokens), kept.Hooks)
	}
	for i, token := range kept.Tokens {
		if !token.Dead {
			t.Errorf("token %d is left", i+1)
		}
	}
}

func TestInterrupt_Twice(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 100)
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})) + "/v3"
	c := newProcess(t.Context(), t, t.TempDir(), nil, "run", "--target", target, "--timeout", "1m", "--filter", "operation:webhooks_list")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	began := time.Now()
	for range 2 {
		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		time.Sleep(300 * time.Millisecond) // two signals at once are one
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != run.ExitInterrupted || time.Since(began) > 20*time.Second {
		t.Errorf("exit code %d after %s", code, time.Since(began))
	}
}

// TestCleanup_AfterEveryStep: wherever a case ends early, what it made is removed.
func TestCleanup_AfterEveryStep(t *testing.T) {
	t.Parallel()
	p := planOf(t, "token-update")
	i := slices.IndexFunc(p.Cases, func(c *plan.Case) bool {
		return len(c.Prepare) > 1 && c.Prepare[0].Operation == "token-create" && c.Prepare[1].Operation == "token-fetch"
	})
	if i < 0 {
		t.Fatal("no case makes a token and reads it")
	}
	for last := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var requests, made, removed atomic.Int32
		inner := newSandbox(t)
		target := must(url.Parse(serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if int(requests.Add(1)) == last+1 {
				cancel()
			}
			body, err := readAll(r)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			a := answerOf(inner, r, body)
			switch {
			case r.Method == http.MethodDelete && a.status == 200:
				removed.Add(1)
			case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/payment/token") && a.status == 200:
				made.Add(1)
			}
			a.send(w)
		})) + "/v3"))(t)
		client := exchange.New(settings.Settings{
			Target: target, Fixtures: fixturesOf(t), Concurrency: 1, Timeout: 30 * time.Second,
			BodyLimit: settings.DefaultBodyLimit, HeaderLimit: settings.DefaultHeaderLimit, RunID: "early", Seed: p.Seed,
		}, p.Description)
		transcript := client.Execute(ctx, p.Cases[i], nil)
		client.Close()
		if made.Load() == 0 || made.Load() != removed.Load() || len(transcript.Left) > 0 {
			t.Errorf("%s, ended after %d requests: %d tokens made, %d removed, %v left", p.Cases[i].ID, last+1, made.Load(), removed.Load(), transcript.Left)
		}
	}
}
