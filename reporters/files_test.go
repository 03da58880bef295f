package reporters

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/run"
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

func TestWriteRendersEveryReport(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second time in place of the first
		if _, err := Write(dir, document(1, obligation("R-1", spec.Must, verdict.Fail)), Formats(), Options{}); err != nil {
			t.Fatal(err)
		}
		if got := files(t, dir); !slices.Equal(got, []string{JUnitFile, HTMLFile, DocumentFile, SummaryFile}) {
			t.Errorf("files %v", got)
		}
	}
	f, err := os.Open(filepath.Join(dir, DocumentFile))
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

func TestFilesAppearWholeOrNotAtAll(t *testing.T) {
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
		{"a report that cannot be made leaves the others whole", twins, "report junit: two test cases", []string{DocumentFile}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Write(dir, tt.d, Formats(), Options{}); err == nil || !strings.HasPrefix(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
			if got := files(t, dir); !slices.Equal(got, tt.want) {
				t.Errorf("files %v", got)
			}
		})
	}
	t.Run("a rendering that fails half way leaves the old file and no other", func(t *testing.T) {
		dir := t.TempDir()
		name := filepath.Join(dir, "a.txt")
		if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		err := WriteFile(name, func(w io.Writer) error {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
			return errFull
		})
		data, _ := os.ReadFile(name)
		if !errors.Is(err, errFull) || string(data) != "old" || len(files(t, dir)) != 1 {
			t.Errorf("%v, %q, %v", err, data, files(t, dir))
		}
	})
	t.Run("a name that cannot be replaced leaves no other file", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "a.txt", "full"), 0o755); err != nil {
			t.Fatal(err)
		}
		err := WriteFile(filepath.Join(dir, "a.txt"), func(io.Writer) error { return nil })
		if err == nil || len(files(t, dir)) != 1 {
			t.Errorf("%v, %v", err, files(t, dir))
		}
	})
	t.Run("a folder that is not there is an error", func(t *testing.T) {
		if _, err := Write(filepath.Join(t.TempDir(), "lost"), document(0), Formats(), Options{}); err == nil {
			t.Error("it is none")
		}
	})
}

func TestPrepareRemovesStaleReports(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := Prepare(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{JournalFile, DocumentFile, JUnitFile, HTMLFile, SummaryFile, "TEST-conformance-2.xml", "TEST-conformance-mine.xml", "mine.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"TEST-conformance-mine.xml", "mine.txt"}) {
		t.Errorf("left %v", got)
	}
	for _, tt := range []struct {
		claim string
		block func(dir string) error
	}{
		{"a file in place of the folder", func(dir string) error { return os.WriteFile(dir, nil, 0o644) }},
		{"a report that cannot be removed", func(dir string) error { return os.MkdirAll(filepath.Join(dir, DocumentFile, "full"), 0o755) }},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if err := tt.block(dir); err != nil {
				t.Fatal(err)
			}
			if err := Prepare(dir); err == nil {
				t.Error("no error")
			}
		})
	}
}
