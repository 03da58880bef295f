package cli

import (
	"bufio"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// What scripts run against: targets of several kinds, finished runs and sandboxes of their own.

// serve serves a target at $SANDBOX.
func (s *session) serve(ts *testscript.TestScript, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: serve KIND [DEFECT]")
	}
	var handler http.Handler = newSandbox(s.t, args[1:]...)
	var config *tls.Config
	switch args[0] {
	case "sandbox":
	case "long-header":
		handler = longHeader(handler)
	case "acme-only":
		inner := handler
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.UserAgent() != "ACME/1" {
				http.Error(w, "another user agent is out of order", http.StatusInternalServerError)
				return
			}
			inner.ServeHTTP(w, r)
		})
	case "tls":
		config = &tls.Config{}
	case "tls-client":
		config = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	case "silent":
		handler = http.HandlerFunc(silent)
	case "meeting":
		s.meeting = &meeting{inner: handler, want: 3, met: make(chan struct{})}
		handler = s.meeting
	default:
		ts.Fatalf("serve %s: no such kind", args[0])
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = quietLog
	if config != nil {
		pair, err := tls.LoadX509KeyPair(ts.MkAbs("cert.pem"), ts.MkAbs("key.pem"))
		ts.Check(err)
		config.Certificates = []tls.Certificate{pair}
		server.TLS = config
		server.StartTLS()
	} else {
		server.Start()
	}
	ts.Defer(server.Close)
	ts.Setenv("SANDBOX", server.URL+"/v3")
}

// longHeader adds a header of 2 KiB to each response.
func longHeader(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2<<10))
		inner.ServeHTTP(w, r)
	})
}

// askedAny demands that $SANDBOX got a request since this was asked last, or none.
func (s *session) askedAny(ts *testscript.TestScript, neg bool) {
	if n := s.requests.Swap(0); (n > 0) == neg {
		ts.Fatalf("%d requests", n)
	}
}

// atOnce demands how many requests were under way at once at most.
func (s *session) atOnce(ts *testscript.TestScript, args []string) {
	want, err := strconv.Atoi(strings.Join(args, " "))
	ts.Check(err)
	if s.meeting == nil || s.meeting.most != want {
		ts.Fatalf("%v, want %d requests at once", s.meeting, want)
	}
}

// finished makes the folder of a finished run, clean or failing, in the folder of the script.
func (s *session) finished(ts *testscript.TestScript, args []string) {
	name := strings.Join(args, " ")
	if name != "clean" && name != "failing" {
		ts.Fatalf("usage: finished clean|failing")
	}
	made, _ := finished(s.t, name == "clean")
	ts.Check(os.Rename(made, ts.MkAbs(name)))
}

// process prepares a process of qorcheck in the folder of the script.
func (s *session) process(ts *testscript.TestScript, env, args []string) *exec.Cmd {
	program, err := binary()
	ts.Check(err)
	c := exec.Command(program, args...)
	c.Dir, c.Env = ts.Getenv("WORK"), append(env, itself)
	return c
}

// start begins a sandbox, and waits until it listens.
func (s *session) start(ts *testscript.TestScript, args []string) {
	env, args := assignments(args)
	c := s.process(ts, env, args)
	c.Stderr = os.Stderr
	stdout, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	s.sandbox = c
	ts.Defer(func() { _ = c.Process.Kill() }) // one that was stopped has ended before
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		_, err := ts.Stdout().Write([]byte(lines.Text() + "\n"))
		ts.Check(err)
		name, value, _ := strings.Cut(lines.Text(), ":")
		if name == "url" {
			ts.Setenv("URL", strings.TrimSpace(value))
		}
		if name == "certify" {
			return
		}
	}
	ts.Fatalf("the sandbox ended: %v", c.Wait())
}

// stop ends the sandbox that start began, and demands that it ends well.
func (s *session) stop(ts *testscript.TestScript) {
	ts.Check(s.sandbox.Process.Signal(syscall.SIGTERM))
	ts.Check(s.sandbox.Wait())
}

// get requests a URL and demands the status of the response.
func get(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: get STATUS URL")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	response, err := client.Get(args[1])
	ts.Check(err)
	ts.Check(response.Body.Close())
	if got := strconv.Itoa(response.StatusCode); got != args[0] {
		ts.Fatalf("%s: status %s, want %s", args[1], got, args[0])
	}
}

// capture sets a variable to what the group of an expression matches in a file.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: capture NAME FILE REGEXP")
	}
	expression, err := regexp.Compile(args[2])
	ts.Check(err)
	match := expression.FindStringSubmatch(ts.ReadFile(args[1]))
	if len(match) != 2 {
		ts.Fatalf("%s does not match %s", args[1], args[2])
	}
	ts.Setenv(args[0], match[1])
}

// assignments splits the variables off a command line.
func assignments(words []string) (env, args []string) {
	env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + filepath.Clean(os.TempDir())}
	for len(words) > 0 && strings.Contains(words[0], "=") {
		env, words = append(env, words[0]), words[1:]
	}
	return env, words
}
