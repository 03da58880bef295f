package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// root is the folder of the module, from that of the package.
var root = filepath.Join("..", "..")

// itself makes the test binary be qorcheck: Ginkgo runs once in a process, so
// that each `qorcheck run` of a test is a process of its own.
const itself = "TEST_AS_QORCHECK=1"

func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_QORCHECK") == "1" {
		TuneGC()
		os.Exit(Run(os.Args[1:], os.Stdout, os.Stderr, os.Environ()))
	}
	debug.SetGCPercent(400) // tests make much garbage and keep little
	code := m.Run()
	built.Range(func(file, _ any) bool {
		if err := os.Remove(file.(string)); err != nil {
			panic(err)
		}
		return true
	})
	if dir := filepath.Dir(plainBinary); plainBinary != "" {
		if err := os.RemoveAll(dir); err != nil {
			panic(err)
		}
	}
	os.Exit(code)
}

// binary is what processes run: the test binary itself, but under the race
// detector, which makes it many times slower, a plain build of the same code.
// Tests that ask for itself are watched by the detector all the same.
var binary = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	info, ok := debug.ReadBuildInfo()
	if err != nil || !ok || !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return self, err
	}
	dir, err := os.MkdirTemp("", "qorcheck-test-")
	if err != nil {
		return "", err
	}
	plainBinary = filepath.Join(dir, "qorcheck")
	if output, err := exec.Command("go", "build", "-race=false", "-o", plainBinary, module).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, output)
	}
	return plainBinary, nil
})

var plainBinary string // "" when there is none

// newProcess prepares a qorcheck process in a folder. Of the environment's own
// settings it sees none, so that a developer's variables change no test.
func newProcess(ctx context.Context, t *testing.T, dir string, env []string, arguments ...string) *exec.Cmd {
	t.Helper()
	program, err := binary()
	if slices.Contains(env, itself) {
		program, err = os.Executable()
	}
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(ctx, program, arguments...)
	c.Dir = dir
	c.Env = append(append(withoutSettings(os.Environ()), itself), env...)
	return c
}

// withoutSettings is an environment without what changes a run.
func withoutSettings(environ []string) []string {
	return slices.DeleteFunc(environ, func(pair string) bool {
		return strings.HasPrefix(pair, prefix) || strings.HasPrefix(pair, "NO_COLOR=") || strings.HasPrefix(pair, "CI_NODE_") || strings.HasPrefix(pair, "CIRCLE_NODE_") || strings.HasPrefix(pair, "BUILDKITE_PARALLEL_") || strings.HasPrefix(pair, "GITHUB_")
	})
}

// commandIn runs qorcheck in a folder to its end.
func commandIn(t *testing.T, dir string, env []string, arguments ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := newProcess(t.Context(), t, dir, env, arguments...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("qorcheck %s: %v", strings.Join(arguments, " "), err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// command runs qorcheck in a folder of its own.
func command(t *testing.T, env []string, arguments ...string) (stdout, stderr string, code int) {
	t.Helper()
	return commandIn(t, t.TempDir(), env, arguments...)
}

// readDocument reads the run.json of a folder.
func readDocument(t *testing.T, dir string) *run.Document {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := run.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// writeFiles writes files by name into a folder.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

var quietLog = log.New(io.Discard, "", 0)

// newSandbox makes a reference target, with defects if some are named. It keeps its state in memory.
func newSandbox(t *testing.T, defects ...string) http.Handler {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Defects: defects})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// serve serves a handler on loopback and returns its base URL, without a path.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = quietLog
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// built-in inputs, read once.
var (
	builtInDescription = sync.OnceValues(func() (*spec.Description, error) {
		return spec.Parse(spec.BuiltInDescription(), "qorcommerce.yaml")
	})
	builtInRequirements = sync.OnceValues(func() (*spec.Requirements, error) {
		return spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml")
	})
	sandboxFixtures = sync.OnceValues(func() (*settings.Fixtures, error) {
		return settings.ParseFixtures(sandbox.Fixtures(""), "fixtures.yaml", os.LookupEnv)
	})
)

// plans are made once; the keys say of what.
var plans sync.Map

type planKey struct {
	seed                uint64
	operations, without string // ids, apart by blanks; all operations where none is named
}

// newPlan plans everything that is built in.
func newPlan(seed uint64) (*plan.Plan, error) { return planWithout(seed) }

// planWithout plans what is built in, without some of the requirements.
func planWithout(seed uint64, without ...string) (*plan.Plan, error) {
	return partWithout(seed, nil, without...)
}

// partWithout makes no more of that plan than what some operations need.
func partWithout(seed uint64, operations []string, without ...string) (*plan.Plan, error) {
	key := planKey{seed, strings.Join(operations, " "), strings.Join(without, " ")}
	made, _ := plans.LoadOrStore(key, sync.OnceValues(func() (*plan.Plan, error) {
		d, err := builtInDescription()
		if err != nil {
			return nil, err
		}
		r, err := builtInRequirements()
		if err != nil {
			return nil, err
		}
		f, err := sandboxFixtures()
		if err != nil {
			return nil, err
		}
		kept := *r
		kept.List = slices.DeleteFunc(slices.Clone(r.List), func(q *spec.Requirement) bool { return slices.Contains(without, q.ID) })
		var part planner.Part
		if len(operations) > 0 {
			part.Keep = func(o *plan.Obligation) bool { return slices.Contains(operations, o.Operation.ID) }
		}
		p, err := planner.NewPart(d, &kept, f, seed, part)
		if err == nil && part.Keep != nil {
			p = p.Only(part.Keep)
		}
		return p, err
	}))
	return made.(func() (*plan.Plan, error))()
}

// fixturesOf returns the sandbox's own fixtures.
func fixturesOf(t *testing.T) *settings.Fixtures {
	t.Helper()
	return must(sandboxFixtures())(t)
}

// builtInPlan plans everything that is built in, by seed 1.
func builtInPlan(t *testing.T) *plan.Plan {
	t.Helper()
	return must(newPlan(1))(t)
}

// planOf plans some operations of what is built in, by seed 1, without the many
// requests that only try every value which is allowed or may be refused.
func planOf(t *testing.T, operations ...string) *plan.Plan {
	t.Helper()
	return planBy(t, 1, operations...)
}

// planBy is planOf by another seed.
func planBy(t *testing.T, seed uint64, operations ...string) *plan.Plan {
	t.Helper()
	p := must(partWithout(seed, operations, "RH-200-9", "RH-400-4"))(t)
	if len(p.Obligations) < len(operations) {
		t.Fatalf("%d obligations on %v", len(p.Obligations), operations)
	}
	return p
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// certification is a run of a plan in this process.
type certification struct {
	plan          *plan.Plan
	target, runID string
	concurrency   int
	options       run.Options
}

// certify runs a plan against a target in this process.
func certify(t *testing.T, c certification) *run.Document {
	t.Helper()
	u, err := url.Parse(c.target)
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{
		Target: u, Fixtures: fixturesOf(t), Concurrency: settings.Concurrency(c.concurrency), Timeout: 30 * time.Second,
		BodyLimit: settings.DefaultBodyLimit, HeaderLimit: settings.DefaultHeaderLimit, RunID: c.runID, Seed: c.plan.Seed,
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	client := exchange.New(s, c.plan.Description)
	defer client.Close()
	c.options.Settings = s
	d, err := run.Start(t.Context(), c.plan, client, c.options).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	return d
}

// answer is an answer of a handler, to be altered before it is sent.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// answerOf lets a handler answer a request.
func answerOf(h http.Handler, r *http.Request, body []byte) *answer {
	r.Body = io.NopCloser(bytes.NewReader(body))
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	return &answer{recorder.Code, recorder.Header(), recorder.Body.Bytes()}
}

func (a *answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has gone away is no matter of the test
}

// readAll reads the body of a request.
func readAll(r *http.Request) ([]byte, error) { return io.ReadAll(r.Body) }

// strictJSON decodes one JSON value in valid UTF-8 and nothing after it.
func strictJSON(data []byte, into any) bool {
	return utf8.Valid(data) && json.Unmarshal(data, into) == nil
}

// replaced alters a text and demands that there was something to alter.
func replaced(t *testing.T, text []byte, old, new string) string {
	t.Helper()
	if !strings.Contains(string(text), old) {
		t.Errorf("nothing to replace: %s", old)
	}
	return strings.Replace(string(text), old, new, 1)
}

// listening accepts connections, counts them and answers each request 500. It returns host and port.
func listening(t *testing.T, connections *atomic.Int32) string {
	t.Helper()
	server := countingServer(connections)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// countingServer counts its connections and answers each request 500.
func countingServer(connections *atomic.Int32) *httptest.Server {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	server.Config.ErrorLog = quietLog
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	return server
}

// listing returns the files of a folder with what is in them.
func listing(t *testing.T, dir string) string {
	t.Helper()
	return must(filesIn(dir))(t)
}
