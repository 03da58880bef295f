//go:build tools

package casebook

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// TestCasebook certifies servers that nobody here wrote, through the command, and
// compares what did not pass with the casebook: a failure that is not listed is an
// error, and so is a listed one that does not happen. Each request of the casebook is
// sent again by curl, and each line that it quotes must be in the description.
func TestCasebook(t *testing.T) {
	book := readCasebook(t, "CASEBOOK.md")
	for _, f := range servers {
		t.Run(f.folder, func(t *testing.T) {
			t.Parallel()
			chapter, ok := book[f.title]
			if !ok {
				t.Fatalf("the casebook has no chapter %q", f.title)
			}
			target := serve(t, f)
			variables := map[string]string{}
			if f.state != nil {
				variables = f.state(t, target)
			}
			description := describe(t, f, variables)
			document, journal := certify(t, f, description, target)
			for _, difference := range differences(chapter, document, journal) {
				t.Error(difference)
			}
			for _, one := range chapter {
				t.Run(one.title, func(t *testing.T) {
					one.checkQuotes(t, original(t, f))
					one.repeat(t, target, variables)
				})
			}
		})
	}
	if len(book) != len(servers) {
		t.Errorf("the casebook has %d chapters for %d servers: %v", len(book), len(servers), slices.Sorted(maps.Keys(book)))
	}
}

// documentIn reads the document in the folder of a run.
func documentIn(t *testing.T, out string) *run.Document {
	t.Helper()
	report, err := os.ReadFile(filepath.Join(out, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := run.Read(bytes.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// certify runs the command and reads its document and its journal.
func certify(t *testing.T, f server, description, target string) (*run.Document, []run.Entry) {
	t.Helper()
	out := t.TempDir()
	arguments := append([]string{"run", "--spec", description, "--requirements", data(t, f, "requirements.yaml"), "--fixtures", data(t, f, "fixtures.yaml"), "--target", target, "--out", out}, f.flags...)
	output, err := exec.Command(built(t, "qorcheck"), arguments...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("%v\n%s", err, output)
	}
	document := documentIn(t, out)
	file, err := os.Open(filepath.Join(out, "cases.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var journal []run.Entry
	if err := run.ReadJournal(file, func(e run.Entry) error {
		journal = append(journal, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return document, journal
}

// differences lists what did not pass and is not in the chapter, and the reverse.
func differences(chapter []entry, document *run.Document, journal []run.Entry) []string {
	var list []string
	for _, o := range document.Obligations {
		if o.Counts.Fail+o.Counts.Inconclusive == 0 && o.Outcome != verdict.Pass {
			list = append(list, fmt.Sprintf("%s is %s: %s", o.ID, o.Outcome, o.Why))
		}
	}
	listed, happened := map[string]bool{}, map[string]run.Entry{}
	for _, one := range chapter {
		for _, failure := range one.failures {
			if listed[failure] {
				list = append(list, "listed twice: "+failure)
			}
			listed[failure] = true
		}
	}
	for _, l := range journal {
		for _, v := range l.Verdicts {
			if v.Outcome != verdict.Pass && (v.Obstacle == nil || v.Obstacle.Kind != verdict.Follows) { // what follows from a failure is that failure
				happened[fmt.Sprintf("%s %s %s", v.Outcome, v.Obligation, l.Case)] = l
			}
		}
	}
	for _, failure := range slices.Sorted(maps.Keys(listed)) {
		if _, ok := happened[failure]; !ok {
			list = append(list, "listed, and it did not happen: "+failure)
		}
	}
	for _, failure := range slices.Sorted(maps.Keys(happened)) {
		if !listed[failure] {
			list = append(list, "it happened, and is not listed: "+failure+exchanges(happened[failure]))
		}
	}
	return list
}

// exchanges returns the curl lines of a case and the responses.
func exchanges(of run.Entry) string {
	text := ""
	for _, e := range of.Evidence {
		text += "\n    " + e.Curl.String()
		if e.Answer != nil {
			text += fmt.Sprintf("\n    %s %s\n    %s", e.Answer.Line, e.Answer.Header, e.Answer.Body)
		}
	}
	return text
}

func TestCasebook_DifferencesAreListed(t *testing.T) {
	happened := []run.Entry{{Case: "a.valid", Verdicts: []run.Verdict{{Obligation: "a.R-1", Outcome: verdict.Fail}, {Obligation: "a.R-2", Outcome: verdict.Pass}, {Obligation: "a.R-3", Outcome: verdict.Inconclusive, Obstacle: &run.Obstacle{Kind: verdict.Follows}}}}}
	passed := &run.Document{Obligations: []run.Obligation{{ID: "a.R-2", Outcome: verdict.Pass}}}
	for _, tt := range []struct {
		claim    string
		listed   []string
		document *run.Document
		want     string
	}{
		{"what is listed and happens is no difference", []string{"fail a.R-1 a.valid"}, passed, "[]"},
		{"what is not listed is a difference", nil, passed, "[it happened, and is not listed: fail a.R-1 a.valid]"},
		{"what does not happen is a difference", []string{"fail a.R-1 a.valid", "fail a.R-2 a.valid"}, passed, "[listed, and it did not happen: fail a.R-2 a.valid]"},
		{"another outcome is another failure", []string{"inconclusive a.R-1 a.valid"}, passed, "[listed, and it did not happen: inconclusive a.R-1 a.valid it happened, and is not listed: fail a.R-1 a.valid]"},
		{"what is listed twice is a difference", []string{"fail a.R-1 a.valid", "fail a.R-1 a.valid"}, passed, "[listed twice: fail a.R-1 a.valid]"},
		{"what is not exercised is a difference", []string{"fail a.R-1 a.valid"}, &run.Document{Obligations: []run.Obligation{{ID: "b.R-1", Outcome: verdict.Inconclusive, Why: "no link leads there"}}}, "[b.R-1 is inconclusive: no link leads there]"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			if got := fmt.Sprint(differences([]entry{{failures: tt.listed}}, tt.document, happened)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
