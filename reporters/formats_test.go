package reporters

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
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

func TestWriteRendersEveryReport(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second time in place of the first
		if _, err := write(dir, document(1, obligation("R-1", spec.Must, verdict.Fail)), Formats(), Options{}); err != nil {
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
	if info, err := f.Stat(); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestReportsAppearWholeOrNotAtAll(t *testing.T) {
	inconsistent := document(1, obligation("R-1", spec.Must, verdict.Fail))
	inconsistent.Cases++
	twins := document(0, obligation("R-1", spec.Must, verdict.Pass), obligation("R-1", spec.Must, verdict.Pass))
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
