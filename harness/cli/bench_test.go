//go:build bench

package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/reporters"
	"qorcheck/spec"
)

// rounds is how often each pair is measured, in turn, so that what else the
// machine does falls on both; the least of each counts.
const rounds = 3

// sheet is the table that is written, and below it what stands in the way of goals.
type sheet struct{ b, limits strings.Builder }

// row adds a line. Limit says what stands in the way where a goal is not met.
func (s *sheet) row(what, measured, goal string, met bool, limit string) {
	mark := "met"
	if !met {
		mark = "**not met**"
		if !strings.Contains(s.limits.String(), limit) {
			fmt.Fprintf(&s.limits, "- %s\n", limit)
		}
	}
	if goal == "" {
		mark = ""
	}
	fmt.Fprintf(&s.b, "| %s | %s | %s | %s |\n", what, measured, goal, mark)
}

// The limits of goals that may not be met.
const (
	limitBare = "(a) Beside sending, each exchange is redacted for the journal, which keeps a digest of most of them, and each answer is judged by all requirements on its operation. " +
		"Of the time of a run about half goes into both ends of HTTP and into the sandbox, which the bare client pays too; a fifth into judging, a fifteenth into evidence, a thirtieth into the journal. " +
		"The bare client sends ids that the sandbox does not know any more, which makes its answers shorter."
	limitAlike    = "(a) At the end of a run fewer cases are left than cores, and its head and its last lines are written by one."
	limitLatency  = "(b) What is computed between two requests is done on the same cores that wake the waiting ones; on a machine with other work it is waited for."
	limitPlanning = "(c) Each request is serialised, read back and judged by the description, and its value made from it; on idle cores operations are planned side by side, so that the clock shows half of the processor time."
	limitJudging  = "(d) The validators of kin-openapi and of JSON Schema 2020-12 walk the whole body and build the error values that the other one compares; both are compiled once."
	limitVolume   = "(f) The plan itself, which grows with the cases, is held in memory as long as the run; beyond 210 MiB in use the soft limit is twice as much as is in use."
	limitCold     = "(g) kin-openapi's load is part of ours, with the places of operations and the document's validation; " +
		"the requirement list is another file of YAML; the embedded sandbox, an independent witness, reads the description once more with a reader of its own; then come the start of the process and all reports."
)

// spent is what something took: by the clock, and of the processors.
type spent struct{ wall, cpu time.Duration }

func measured(do func()) spent {
	began, before := time.Now(), processor()
	do()
	return spent{time.Since(began), processor() - before}
}

// processor is the time that this process and those that it started have spent.
func processor() time.Duration {
	total := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}

func (s spent) least(other spent) spent { return spent{min(s.wall, other.wall), min(s.cpu, other.cpu)} }

var endless = spent{time.Hour, time.Hour}

// over is a ratio by the clock, with that of processor time.
func (s spent) over(other spent) string {
	return fmt.Sprintf("%.2f ×, %.2f × of processor time", s.wall.Seconds()/other.wall.Seconds(), s.cpu.Seconds()/other.cpu.Seconds())
}

// TestBench measures and writes harness/BENCHMARKS.md.
func TestBench(t *testing.T) {
	TuneGC()
	s := &sheet{}
	fmt.Fprintf(&s.b, "# Benchmarks\n\nWritten by `make bench`: %s, %d cores of %s, %s, load %s before it began. Least of %d rounds, the two sides of a ratio in turn.\n\n| What | Measured | Goal | |\n| --- | --- | --- | --- |\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpuModel(), runtime.Version(), load(), rounds)
	p := builtInPlan(t)
	volume(t, s, p) // first: what others leave in memory counts against the limit of the collector
	againstBare(t, s, p)
	throughLatency(t, s, p, 20*time.Millisecond)
	throughLatency(t, s, p, 100*time.Millisecond)
	planning(t, s)
	judging(t, s)
	coldStart(t, s)
	largeDescription(t, s)
	benchRun(t, s)
	if t.Failed() { // what was not measured is not written
		return
	}
	if s.limits.Len() > 0 {
		fmt.Fprintf(&s.b, "\nWhat stands in the way:\n\n%s", s.limits.String())
	}
	if err := os.WriteFile(filepath.Join(root, "harness", "BENCHMARKS.md"), []byte(s.b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + s.b.String())
}

// load is how many processes wanted a core in the last minute: other work falls on all that is measured.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(data), " ")
	return first
}

func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// sent is a request as it arrived.
type sent struct {
	method, path string
	header       http.Header
	body         []byte
}

// timed runs a plan against a handler and returns how long it took.
func timed(t *testing.T, p *plan.Plan, h http.Handler) (time.Duration, *run.Document) {
	t.Helper()
	u, err := url.Parse(serve(t, h) + "/v3")
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Settings{
		Target: u, Fixtures: fixturesOf(t), Concurrency: 16, Timeout: time.Minute, BodyLimit: settings.DefaultBodyLimit, RunID: settings.NewRunID(), Seed: p.Seed,
	}
	client := exchange.New(s, p.Description)
	defer client.Close()
	journal, err := os.Create(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	start := time.Now()
	d, err := run.Start(t.Context(), p, client, run.Options{Settings: s, Journal: journal}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(start), d
}

// simple is the plan without what waits: flows and messages.
func simple(p *plan.Plan) *plan.Plan {
	small := *p
	small.Cases = slices.DeleteFunc(slices.Clone(p.Cases), func(c *plan.Case) bool {
		return strings.HasPrefix(c.Kind, "flow") || strings.HasPrefix(c.Kind, "message")
	})
	return &small
}

func againstBare(t *testing.T, s *sheet, p *plan.Plan) {
	p = simple(p)
	inner := newSandbox(t)
	var mu sync.Mutex
	var list []sent
	timed(t, p, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		list = append(list, sent{r.Method, r.URL.RequestURI(), r.Header.Clone(), body})
		mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		inner.ServeHTTP(w, r)
	}))
	bare, ours := endless, endless
	for range rounds {
		bare = bare.least(measured(func() { replay(t, list, serve(t, newSandbox(t))) }))
		ours = ours.least(measured(func() { timed(t, p, newSandbox(t)) }))
	}
	s.row(fmt.Sprintf("(a) certifying the sandbox against a bare client, %d requests", len(list)), ours.over(bare), "≤ 1.8 ×", ours.wall.Seconds() <= 1.8*bare.wall.Seconds(), limitBare)
	alone := ours.wall.Seconds() / (ours.cpu.Seconds() / float64(runtime.NumCPU()))
	s.row("(a) sending alone against processor time over cores", fmt.Sprintf("%.2f ×", alone), "≤ 1.1 ×", alone <= 1.1, limitAlike)
	each := ours.cpu / time.Duration(max(len(list), 1))
	s.row("(a) processor time a request, the sandbox included", each.Round(time.Microsecond).String(), "≤ 180µs", each <= 180*time.Microsecond, limitBare)
}

// replay sends the same bytes at the same concurrency.
func replay(t *testing.T, list []sent, base string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 17, DisableCompression: true}}
	defer client.CloseIdleConnections()
	queue := make(chan sent)
	var pool sync.WaitGroup
	var answered atomic.Int64
	defer func() {
		if int(answered.Load()) != len(list) || len(list) == 0 {
			t.Errorf("the bare client got %d answers to %d requests", answered.Load(), len(list))
		}
	}()
	for range 16 {
		pool.Go(func() {
			for one := range queue {
				request, err := http.NewRequest(one.method, base+one.path, bytes.NewReader(one.body))
				if err != nil {
					t.Error(err)
					continue
				}
				request.Header = one.header
				response, err := client.Do(request)
				if err != nil {
					t.Error(err)
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				answered.Add(1)
			}
		})
	}
	for _, one := range list {
		queue <- one
	}
	close(queue)
	pool.Wait()
}

// unauthenticated is a plan of cases of one request each, which need nothing of the
// target, each as often as it takes to have so many.
func unauthenticated(p *plan.Plan, n int) *plan.Plan {
	small := p.Only(func(o *plan.Obligation) bool { return o.Requirement.ID == "RH-401-1" })
	cases := slices.DeleteFunc(slices.Clone(small.Cases), func(c *plan.Case) bool { return len(c.Prepare) > 0 }) // their requests need its answers
	small.Cases, small.Preflight = nil, nil
	for i := range n {
		c := *cases[i%len(cases)]
		c.ID = fmt.Sprintf("%s.%d", c.ID, i)
		c.Observe, c.Cleanup = nil, nil
		small.Cases = append(small.Cases, &c)
	}
	return small
}

func refuseAll(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, `{"status":"error","code":"GW63","message":"who are you"}`)
}

func throughLatency(t *testing.T, s *sheet, p *plan.Plan, latency time.Duration) {
	const cases = 1600
	p = unauthenticated(p, cases)
	ratio := math.Inf(1)
	for range rounds {
		var came atomic.Int64
		one, _ := timed(t, p, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			came.Add(1)
			time.Sleep(latency)
			refuseAll(w, r)
		}))
		if came.Load() < cases {
			t.Fatalf("%d requests of %d cases", came.Load(), cases)
		}
		ratio = min(ratio, one.Seconds()/(float64(came.Load())/16*latency.Seconds())) // a refused case may be asked about once more
	}
	s.row(fmt.Sprintf("(b) through %s of latency against the ideal at 16 at once, %d requests", latency, cases), fmt.Sprintf("%.2f ×", ratio), "≤ 1.05 ×", ratio <= 1.05, limitLatency)
}

func planning(t *testing.T, s *sheet) {
	load, list, made := endless, endless, endless
	p := builtInPlan(t)
	for range rounds {
		load = load.least(measured(func() { must(spec.Parse(spec.BuiltInDescription(), "qorcommerce.yaml"))(t) }))
		list = list.least(measured(func() { must(spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml"))(t) }))
		made = made.least(measured(func() { must(planner.New(p.Description, p.Requirements, fixturesOf(t), 1))(t) }))
	}
	s.row("(c) loading the description; the requirement list", fmt.Sprintf("%d ms; %d ms", load.wall.Milliseconds(), list.wall.Milliseconds()), "", true, "")
	s.row(fmt.Sprintf("(c) planning %d cases", len(p.Cases)), fmt.Sprintf("%d ms, %d ms of processor time", made.wall.Milliseconds(), made.cpu.Milliseconds()), "≤ 250 ms", made.wall <= 250*time.Millisecond, limitPlanning)
}

func judging(t *testing.T, s *sheet) {
	const times = 20_000
	measure := func(version string) time.Duration {
		d := must(spec.Parse([]byte(strings.Replace(string(spec.BuiltInDescription()), "openapi: 3.0.3", "openapi: "+version, 1)), "qorcommerce.yaml"))(t)
		content := d.Operation("webhooks-create").Response(201).JSON()
		if content == nil || len(content.Examples) == 0 {
			t.Fatal("webhooks-create documents no answer with an example")
		}
		least := time.Hour
		for range rounds {
			start := time.Now()
			for range times {
				content.Schema.Violations(content.Examples[0].Value, spec.Answered)
			}
			least = min(least, time.Since(start)/times)
		}
		return least
	}
	old, recent := measure("3.0.3"), measure("3.1.0")
	s.row("(d) judging a body by its schema, 3.0", old.String(), "≤ 15 µs", old <= 15*time.Microsecond, limitJudging)
	s.row("(d) the same in 3.1", fmt.Sprintf("%s, %.1f ×", recent, float64(recent)/float64(old)), "≤ 3 ×", recent <= 3*old, limitJudging)
}

func volume(t *testing.T, s *sheet, p *plan.Plan) {
	var each []float64
	var peaks []uint64
	for _, n := range []int{1000, 10_000, 100_000} {
		many := unauthenticated(p, n)
		debug.FreeOSMemory()
		ctx, stop := context.WithCancel(t.Context())
		peak := make(chan uint64)
		go func() {
			most := uint64(0)
			for ctx.Err() == nil {
				most = max(most, held())
				time.Sleep(20 * time.Millisecond)
			}
			peak <- most
		}()
		took, d := timed(t, many, http.HandlerFunc(refuseAll))
		stop()
		peaks, each = append(peaks, <-peak>>20), append(each, took.Seconds()/float64(n))
		s.row(fmt.Sprintf("(f) %d cases", n), fmt.Sprintf("%s, %d MiB at the peak", took.Round(time.Millisecond), peaks[len(peaks)-1]), "", true, "")
		if n == 10_000 {
			reports(t, s, d)
		}
	}
	s.row("(f) time a case at 100,000 against 10,000", fmt.Sprintf("%.2f ×", each[2]/each[1]), "≤ 1.10 ×", each[2] <= 1.1*each[1], limitVolume)
	s.row("(f) peak at 100,000 against 10,000", fmt.Sprintf("%.2f ×, %d MiB", float64(peaks[2])/float64(peaks[1]), peaks[2]), "≤ 1.3 ×, < 256 MiB", float64(peaks[2]) <= 1.3*float64(peaks[1]) && peaks[2] < 256, limitVolume)
}

// held is the memory that the process has of the system. Reading it does not stop
// the process, as runtime.ReadMemStats does.
func held() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// reports measures each report of a run of 10,000 cases.
func reports(t *testing.T, s *sheet, d *run.Document) {
	var parts []string
	for _, name := range reporters.Formats() {
		least := time.Hour
		for range rounds {
			start := time.Now()
			for _, f := range must(reporters.Render(d, []string{name}, reporters.Options{}))(t) {
				if err := f.Write(io.Discard); err != nil {
					t.Fatal(err)
				}
			}
			least = min(least, time.Since(start))
		}
		parts = append(parts, fmt.Sprintf("%s %s", name, least.Round(10*time.Microsecond)))
	}
	s.row("(e) each report of 10,000 cases", strings.Join(parts, ", "), "", true, "")
}

func coldStart(t *testing.T, s *sheet) {
	binary := buildBinary(t)
	load, cold := endless, endless
	for range rounds {
		load = load.least(measured(func() { must(openapi3.NewLoader().LoadFromData(spec.BuiltInDescription()))(t) }))
		cold = cold.least(measured(func() {
			if out, err := exec.Command(binary, "run", "--out", t.TempDir(), "--filter", oneRead).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}))
	}
	s.row("(g) one obligation from a cold start against kin-openapi's load of the description", fmt.Sprintf("%s, %d ms", cold.over(load), cold.wall.Milliseconds()), "≤ 1.5 ×", cold.wall.Seconds() <= 1.5*load.wall.Seconds(), limitCold)
}
