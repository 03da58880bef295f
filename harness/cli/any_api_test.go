package cli

import (
	_ "embed"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

//go:embed testdata/notes/description.yaml
var notesDescription string

// TestAnyAPI_Conforms certifies an API by its description alone: no list and no fixtures
// are written.
func TestAnyAPI_Conforms(t *testing.T) {
	t.Parallel()
	d, stdout := certifyNotes(t, "", run.ExitPass)
	if d.Counts.Fail+d.Counts.Inconclusive+d.Counts.NotRun > 0 || d.Counts.Pass == 0 || d.Counts.NotApplicable == 0 {
		t.Errorf("counts: %+v\n%s", d.Counts, stdout)
	}
	for _, id := range []string{"listNotes.ANY-401", "addNote.ANY-403", "addNote.ANY-404", "listNotes.ANY-TRACE"} {
		if o := d.Obligation(id); o.Outcome != verdict.NotApplicable || o.Why == "" {
			t.Errorf("%s is %s: %s", id, o.Outcome, o.Why)
		}
	}
	if !strings.Contains(stdout, "not applicable") {
		t.Errorf("the summary does not count what is not applicable:\n%s", stdout)
	}
}

// TestAnyAPI_Breaks plants one fault after another: each fails by the requirement that
// it breaks, and none by an obligation that is not applicable.
func TestAnyAPI_Breaks(t *testing.T) {
	t.Parallel()
	for fault, requirement := range map[string]string{
		"success as text":         "ANY-TYPE",
		"rejection as text":       "ANY-TYPE",
		"201 as 202":              "ANY-2XX",
		"rejection without error": "ANY-ERR-BODY",
		"broken JSON":             "ANY-TYPE",
		"500 on a bad limit":      "ANY-400",
		"every limit":             "ANY-400",
		"list under another name": "ANY-2XX-BODY",
		"text of any type":        "ANY-400",
		"optional field refused":  "ANY-2XX",
		"long text":               "ANY-400",
		"id as text":              "ANY-2XX-BODY",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			d, stdout := certifyNotes(t, fault, run.ExitFail)
			if !slices.ContainsFunc(d.Obligations, func(o run.Obligation) bool {
				return o.Requirement == requirement && o.Outcome == verdict.Fail
			}) {
				t.Errorf("%s did not fail:\n%s", requirement, stdout)
			}
		})
	}
}

// certifyNotes runs the command with nothing but the description and the target.
func certifyNotes(t *testing.T, fault string, want int) (*run.Document, string) {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"notes.yaml": notesDescription})
	stdout, stderr, code := commandIn(t, dir, nil, "run", "--spec", "notes.yaml", "--target", serve(t, &notesServer{fault: fault}))
	if code != want {
		t.Fatalf("exit code %d, want %d:\n%s%s", code, want, stdout, stderr)
	}
	return readDocument(t, filepath.Join(dir, "out")), stdout
}

// TestAnyAPI_NothingApplies: where the description leaves nothing to ask, nothing is shown.
func TestAnyAPI_NothingApplies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"notes.yaml": notesDescription})
	stdout, stderr, code := commandIn(t, dir, nil, "run", "--spec", "notes.yaml", "--target", serve(t, &notesServer{}), "--filter", "requirement:ANY-401")
	if code != run.ExitUnclear || !strings.Contains(stdout, "none of 2 obligations is applicable") {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
}

// TestSpec_Sources reads the description from where --spec says, within bounds.
func TestSpec_Sources(t *testing.T) {
	t.Parallel()
	page := func(status int, head http.Header, body string) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name, values := range head {
				w.Header()[name] = values
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body) // the client may be gone
		}))
	}
	good := page(200, nil, notesDescription)
	for _, tt := range []struct {
		claim, spec string
		code        int
		says        string
	}{
		{"from a URL", good + "/notes.yaml", 0, "addNote rejects a malformed request"},
		{"a URL without a document", page(404, nil, ""), 2, "it was answered 404, not 200"},
		{"a URL that leads to another host", page(302, http.Header{"Location": {"http://example.test/notes.yaml"}}, ""), 2, "only the host that was given is called"},
		{"a document from a URL that refers to a file of this machine", page(200, nil, strings.Replace(notesDescription, "#/components/schemas/Note", "/etc/hostname", 1)), 0, "can refer to no other document"},
		{"from standard input", "-", 0, "addNote rejects a malformed request"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			var stdout, stderr strings.Builder
			code := execute(&process{dir: t.TempDir(), stdin: strings.NewReader(notesDescription), stdout: &stdout, stderr: &stderr}, []string{"plan", "--cases", "--spec", tt.spec})
			if code != tt.code || !strings.Contains(stdout.String()+stderr.String(), tt.says) {
				t.Errorf("exit code %d:\n%s%s", code, stdout.String(), stderr.String())
			}
		})
	}
}

// TestSpec_FirstLines: what a target elsewhere needs is said in lines to copy.
func TestSpec_FirstLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secured := strings.Replace(notesDescription, "components:\n", "security: [{ Key: [] }]\ncomponents:\n  securitySchemes: { Key: { type: apiKey, in: header, name: X-Key } }\n", 1)
	writeFiles(t, dir, map[string]string{"notes.yaml": secured})
	for target, want := range map[string][]string{
		"https://api.example.test/v1": {`hosts: ["api.example.test"]`, `credentials: { valid: { Key: "${KEY}" } }`},
		"http://127.0.0.1:1":          {"--fixtures fixtures.yaml", `credentials: { valid: { Key: "${KEY}" } }`},
	} {
		_, stderr, code := commandIn(t, dir, nil, "run", "--spec", "notes.yaml", "--target", target)
		for _, line := range want {
			if code != run.ExitUsage || !strings.Contains(stderr, line) || strings.Contains(stderr, "sandbox") {
				t.Errorf("%s: exit code %d, without %s:\n%s", target, code, line, stderr)
			}
		}
	}
}
