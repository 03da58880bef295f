package rundir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func begin(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := Begin(dir)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestBegin_OneRunAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	journal := begin(t, dir)
	if _, err := journal.WriteString("{}\n"); err != nil {
		t.Fatal(err)
	}
	others := map[string]func() error{
		"begins":   func() error { _, err := Begin(dir); return err },
		"goes on":  func() error { _, err := Continue(dir, 0); return err },
		"prepares": func() error { return Prepare(dir) },
	}
	for claim, other := range others {
		if err := other(); !errors.Is(err, errBusy) || !slices.Equal(files(t, dir), []string{JournalFile}) {
			t.Errorf("another %s: %v, files %v", claim, err, files(t, dir))
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, JournalFile)); err != nil || string(text) != "{}\n" {
		t.Errorf("the journal is %q, %v", text, err)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := Continue(dir, 3)
	if err != nil {
		t.Fatalf("it cannot be resumed: %v", err)
	}
	if _, err := next.WriteString("{}\n"); err != nil {
		t.Fatal(err)
	}
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, JournalFile)); err != nil || string(text) != "{}\n{}\n" {
		t.Errorf("the resumed journal is %q, %v", text, err)
	}
	last := begin(t, dir)
	if text, err := os.ReadFile(filepath.Join(dir, JournalFile)); err != nil || len(text) > 0 {
		t.Errorf("a new run's journal begins with %q, %v", text, err)
	}
	if err := last.Close(); err != nil {
		t.Error(err)
	}
}

// A run whose journal was removed by hand and replaced has no say in the new one.
func TestLock_IsOfTheFileThatIsNamed(t *testing.T) {
	name := filepath.Join(t.TempDir(), JournalFile)
	if _, err := lock(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a journal that is missing: %v", err)
	}
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	old, err := lock(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(name), os.WriteFile(name, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	l, err := lock(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(name); !errors.Is(err, errBusy) {
		t.Errorf("the second lock: %v", err)
	}
	if err := errors.Join(old.Close(), l.Close()); err != nil {
		t.Error(err)
	}
}

func TestContinue_CutsAnIncompleteLine(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, JournalFile)
	for _, tt := range []struct {
		claim, before string
		whole         int64
		after         string
		refused       bool
	}{
		{"whole", "{}\n", 3, "{}\n", false},
		{"incomplete", "{}\n{", 3, "{}\n", false},
		{"longer than it was", "{}\n{}\n", 3, "{}\n{}\n", true},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			for file, text := range map[string]string{name: tt.before, filepath.Join(dir, DocumentFile): "old"} {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			j, err := Continue(dir, tt.whole)
			if (err != nil) != tt.refused {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				err = j.Close()
			}
			if text, _ := os.ReadFile(name); string(text) != tt.after || len(files(t, dir)) != map[bool]int{true: 2, false: 1}[tt.refused] {
				t.Errorf("%q, files %v, %v", text, files(t, dir), err)
			}
		})
	}
}

func TestReadFinished_WithoutARun(t *testing.T) {
	dir := t.TempDir()
	for name, read := range map[string]func() error{
		"Replay":       func() error { _, err := Replay(dir); return err },
		"ReadFinished": func() error { _, err := ReadFinished(filepath.Join(dir, DocumentFile)); return err },
	} {
		if err := read(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, DocumentFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFinished(filepath.Join(dir, DocumentFile)); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a document and no journal: %v", err)
	}
}

func TestSame(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{dir, dir + "/.", true}, {dir, link, true}, {"lost", "./lost", true}, {dir, filepath.Dir(dir), false}, {"lost", "found", false},
	} {
		if got := Same(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}
