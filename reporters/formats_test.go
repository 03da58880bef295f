package reporters

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
	"qorcheck/harness/redact/redacttest"
	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/html"
	"qorcheck/reporters/internal/sample"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// write renders formats into a folder.
func write(dir string, d *run.Document, formats []string, o Options) ([]string, error) {
	list, err := Render(d, formats, o)
	if err != nil {
		return nil, err
	}
	return rundir.Write(dir, list)
}

func TestRender_EveryFormat(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second time in place of the first
		if _, err := write(dir, sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail)), Formats(), Options{}); err != nil {
			t.Fatal(err)
		}
		if got := files(t, dir); !slices.Equal(got, []string{rundir.JUnitFile, rundir.HTMLFile, rundir.DocumentFile, rundir.SummaryFile}) {
			t.Errorf("files %v", got)
		}
	}
	f, err := os.Open(filepath.Join(dir, rundir.DocumentFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if d, err := run.Read(f); err != nil || d.ExitCode != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestRender_KeepsWhatWasWrittenBeforeAnError(t *testing.T) {
	inconsistent := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail))
	inconsistent.Cases++
	twins := sample.Document(0, sample.Obligation("R-1", spec.Must, verdict.Pass), sample.Obligation("R-1", spec.Must, verdict.Pass))
	twins.Obligations[1].ID = "pay.R-9"
	for _, tt := range []struct {
		claim string
		d     *run.Document
		says  string
		want  []string
	}{
		{"a document that does not add up leaves nothing", inconsistent, "report run.json: ", []string{}},
		{"a report that cannot be made leaves the others whole", twins, "report TEST-conformance.xml: two test cases", []string{rundir.DocumentFile}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := write(dir, tt.d, Formats(), Options{}); err == nil || !strings.HasPrefix(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
			if got := files(t, dir); !slices.Equal(got, tt.want) {
				t.Errorf("files %v", got)
			}
		})
	}
}

// TestMessages_AreAllShown: of messages that were awaited, also those after the first.
func TestMessages_AreAllShown(t *testing.T) {
	d := sample.Document(1, sample.Obligation("R-1", spec.Must, verdict.Fail))
	e := &d.Causes[0].Shown[0].Evidence[0]
	for _, id := range []string{"the-first", "the-second", "the-third"} {
		m := exchange.Message{Line: redacttest.Text("message " + id), Header: redacttest.Texts("Content-Type: application/json"), Body: redacttest.Text(`{"id":"` + id + `"}`)}
		if e.Messages = append(e.Messages, m); id == "the-first" {
			e.Answer, e.Messages = &m, nil
		}
	}
	var markdown, verbose, page strings.Builder
	if err := errors.Join(Markdown(&markdown, d), html.Write(&page, d)); err != nil {
		t.Fatal(err)
	}
	Verbose(&verbose)(run.Progress{Case: "a case", Evidence: []exchange.Evidence{*e}})
	for format, text := range map[string]string{"HTML": page.String(), "Markdown": markdown.String(), "verbose": verbose.String()} {
		for _, id := range []string{"the-first", "the-second", "the-third"} {
			if !strings.Contains(text, "message "+id) || strings.Count(text, id) < 2 {
				t.Errorf("%s does not show the message %q and its body", format, id)
			}
		}
	}
}

// TestFormats_ShowTheOutline: what one format for people shows, each of them shows.
func TestFormats_ShowTheOutline(t *testing.T) {
	d := sample.EveryKind()
	o := outline.Of(d)
	want := []string{d.Verdict}
	for _, f := range o.Failures {
		want = append(want, f.Obligation.Requirement, f.First.ID)
	}
	for _, g := range o.Unjudged {
		if g.Outcome != verdict.Waived { // the page shows the fields of a waiver apart
			want = append(append(want, g.Why), g.IDs()...)
		}
	}
	for _, w := range o.Waivers {
		want = append(want, w.ID, w.Waiver.Reason, w.Waiver.Owner, w.Waiver.Until)
	}
	for _, n := range o.Tolerated {
		want = append(want, n.Text.String(), fmt.Sprintf("%d cases", n.Count))
	}
	want = append(append(want, redact.Strings(o.Left)...), redact.Strings(o.Foreign)...)
	if len(o.Failures) == 0 || len(o.Unjudged) == 0 || len(o.Needless) == 0 || len(o.Tolerated) == 0 || len(o.Left) == 0 || len(o.Foreign) == 0 || len(o.Untested) == 0 {
		t.Fatalf("the sample leaves a list empty: %+v", o)
	}
	for _, name := range []string{"console", "markdown", "html"} {
		var b strings.Builder
		if err := texts(d)[name](&b); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s lacks %q", name, text)
			}
		}
	}
}
