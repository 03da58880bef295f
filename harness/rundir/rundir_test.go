package rundir

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var errFull = errors.New("no space left")

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

func text(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	for _, content := range []string{"first", "second"} { // the second time in place of the first
		written, err := Write(dir, []File{{"a.txt", text(content)}, {"", text("printed, not written")}, {"b.txt", text(content)}})
		if err != nil || !slices.Equal(written, []string{"a.txt", "b.txt"}) || !slices.Equal(files(t, dir), written) {
			t.Fatalf("%v: written %v, files %v", err, written, files(t, dir))
		}
		got, err := os.ReadFile(filepath.Join(dir, "b.txt"))
		if err != nil || string(got) != content {
			t.Errorf("%v, %q", err, got)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "a.txt")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestWrite_StopsAtTheFirstError(t *testing.T) {
	dir := t.TempDir()
	full := func(io.Writer) error { return errFull }
	written, err := Write(dir, []File{{"a.txt", text("a")}, {"b.txt", full}, {"c.txt", text("c")}})
	if !errors.Is(err, errFull) || err.Error() != "report b.txt: no space left" || !slices.Equal(written, []string{"a.txt"}) || !slices.Equal(files(t, dir), written) {
		t.Errorf("%v: written %v, files %v", err, written, files(t, dir))
	}
	if _, err := Write(filepath.Join(dir, "lost"), []File{{"a.txt", text("a")}}); err == nil {
		t.Error("a folder that does not exist is no error")
	}
}

func TestWriteFile_IsWholeOrNotAtAll(t *testing.T) {
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
}

// What an earlier exploration found is not taken for what the new one found.
func TestRemoveDrawn(t *testing.T) {
	dir := t.TempDir()
	if err := RemoveDrawn(dir); err != nil {
		t.Errorf("without one: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, DrawnFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{DrawnFile("pay.valid.optional.explored-7"), DrawnFile("pay.malformed.type.explored-12-0a1b2c"), DrawnFile("mine"), DrawnFile("pay.valid.optional")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveDrawn(dir); err != nil {
		t.Fatal(err)
	}
	if got := files(t, filepath.Join(dir, DrawnFolder)); !slices.Equal(got, []string{"mine.json", "pay.valid.optional.json"}) {
		t.Errorf("left %v", got)
	}
}

func TestPrepare_RemovesEarlierReports(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := Prepare(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{JournalFile, DocumentFile, JUnitFile, HTMLFile, SummaryFile, FurtherJUnitFile(2), "TEST-conformance-mine.xml", "mine.txt"} {
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
