package cli

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// unreachable is an address where nothing listens: no system hands port 1 out.
const unreachable = "http://127.0.0.1:1/v3"

// TestTarget_UnreachableIsNotJudged: a target that is off, that refuses the valid keys or never
// answers is not judged: exit code 3, no failure, one sentence that says why,
// and reports that no pipeline takes for green.
func TestTarget_UnreachableIsNotJudged(t *testing.T) {
	for _, tt := range []struct {
		claim    string
		handler  http.HandlerFunc // nil: nothing listens
		requests int32
		says     []string
	}{
		{"switched off", nil, 0, []string{"no answer from " + unreachable, "refused"}},
		{"valid keys answered 401", refusing(http.StatusUnauthorized), 4, []string{"refuses the valid credentials", "answered 401"}},
		{"valid keys answered 403", refusing(http.StatusForbidden), 4, []string{"refuses the valid credentials", "answered 403"}},
		{"accepts and never answers", silent, 2, []string{"no answer from", "within 300ms"}},
		{"drops every connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, []string{"no answer from"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			target := unreachable
			var requests atomic.Int32
			if tt.handler != nil {
				target = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					requests.Add(1)
					tt.handler(w, r)
				})) + "/v3"
			}
			dir := t.TempDir()
			stdout, stderr, code := commandIn(t, dir, nil, "run", "--target", target, "--timeout", "300ms", "--out", ".", "--filter", "operation:payment-capture || operation:webhooks_list")
			if code != run.ExitUnclear {
				t.Errorf("exit code %d, want %d", code, run.ExitUnclear)
			}
			verdictLine := lastLine(stdout)
			if !strings.HasPrefix(verdictLine, "INCONCLUSIVE: ") || !strings.Contains(verdictLine, "nothing else was sent") {
				t.Errorf("the verdict does not say what happened: %s", verdictLine)
			}
			for _, word := range tt.says {
				if strings.Count(stdout, word) != 1 {
					t.Errorf("stdout says %q %d times, want once", word, strings.Count(stdout, word))
				}
			}
			if !strings.Contains("\n"+stdout, "\n0 of ") || !strings.HasSuffix(stderr, "once that is mended, run the same command again\n") {
				t.Error("it is not said that no case was made, or what to do then")
			}
			if lines := strings.Count(stdout, "\n"); lines > 4 {
				t.Errorf("stdout has %d lines", lines)
			}
			if tt.requests > 0 && requests.Load() != tt.requests {
				t.Errorf("%d requests were sent, want %d", requests.Load(), tt.requests)
			}
			notJudged(t, dir)
			if t.Failed() {
				t.Logf("stdout:\n%s\nstderr:\n%s", stdout, stderr)
			}
		})
	}
}

func refusing(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"status":"error","code":"GW63","message":"who are you"}`))
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return lines[len(lines)-1]
}

// notJudged demands of the reports of a folder that they hold no failure and no pass.
func notJudged(t *testing.T, dir string) {
	t.Helper()
	d := readDocument(t, dir)
	if d.Counts.Fail != 0 || d.Counts.Pass != 0 || d.Counts.NotRun+d.Counts.Inconclusive != d.Planned || d.Planned == 0 {
		t.Errorf("run.json counts %+v of %d", d.Counts, d.Planned)
	}
	if d.ExitCode != run.ExitUnclear {
		t.Errorf("run.json has exit code %d", d.ExitCode)
	}
	report := readJUnit(t, filepath.Join(dir, "TEST-conformance.xml"))
	if report.Errors == 0 || report.Failures != 0 || report.Tests == 0 {
		t.Errorf("JUnit: %d tests, %d errors, %d failures", report.Tests, report.Errors, report.Failures)
	}
	errors := 0
	for _, suite := range report.Suites {
		for _, c := range suite.Cases {
			if c.Error != nil {
				errors++
			}
			if c.Error == nil && c.Skipped == nil {
				t.Errorf("JUnit: %s %s is green", c.Class, c.Name)
			}
		}
	}
	if errors != report.Errors {
		t.Errorf("JUnit: %d error elements, %d counted", errors, report.Errors)
	}
}

type junitReport struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name  string `xml:"name,attr"`
		Cases []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func readJUnit(t *testing.T, name string) junitReport {
	t.Helper()
	var report junitReport
	if err := xml.Unmarshal([]byte(readFile(t, name)), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// TestTarget_SickIsInconclusive: what a target does not answer is not held against it, however it falls ill.
func TestTarget_SickIsInconclusive(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim string
		ill   http.HandlerFunc
	}{
		{"dead connections", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"status":"ok",`))
			panic(http.ErrAbortHandler)
		}},
		{"half a chunk", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"status":"ok",`))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}},
		{"503", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }},
		{"429", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}},
	} {
		for _, healthy := range []int32{1, 50} {
			t.Run(fmt.Sprintf("%s after %d answers", tt.claim, healthy), func(t *testing.T) {
				t.Parallel()
				var requests atomic.Int32
				inner := newSandbox(t)
				target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if requests.Add(1) <= healthy {
						inner.ServeHTTP(w, r)
						return
					}
					tt.ill(w, r)
				})) + "/v3"
				d := certify(t, certification{planOf(t, "payment-capture", "webhooks-create"), target, "sick", 8, run.Options{}})
				if d.ExitCode != run.ExitUnclear {
					t.Errorf("exit code %d, want %d: %s", d.ExitCode, run.ExitUnclear, d.Verdict)
				}
				for _, o := range d.Obligations {
					if o.Outcome == verdict.Fail || o.Outcome == verdict.Broken {
						t.Errorf("%s is %s: %s", o.ID, o.Outcome, d.Result(o).Explain())
					}
				}
				if d.Counts.Inconclusive == 0 || d.Counts.NotRun == 0 || d.Stopped.IsZero() {
					t.Errorf("sending did not stop: %+v", d.Counts)
				}
				if most := int(healthy) + 100; d.Requests > most {
					t.Errorf("%d requests, want %d at most", d.Requests, most)
				}
			})
		}
	}
}

// TestTarget_DiesInTheMiddle: the same through the command, whose reports are not green.
func TestTarget_DiesInTheMiddle(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	inner := newSandbox(t)
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 100 {
			panic(http.ErrAbortHandler)
		}
		inner.ServeHTTP(w, r)
	})) + "/v3"
	dir := t.TempDir()
	stdout, stderr, code := commandIn(t, dir, []string{itself}, "run", "--target", target, "--out", ".", "--filter", "operation:payment-auth || operation:payment-capture")
	if code != run.ExitUnclear || !strings.HasPrefix(lastLine(stdout), "INCONCLUSIVE: ") {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	if d := readDocument(t, dir); d.Counts.Fail != 0 || d.Counts.Inconclusive == 0 {
		t.Errorf("run.json counts %+v", d.Counts)
	}
	if report := readJUnit(t, filepath.Join(dir, "TEST-conformance.xml")); report.Failures != 0 || report.Errors == 0 {
		t.Errorf("JUnit: %d failures, %d errors", report.Failures, report.Errors)
	}
}
