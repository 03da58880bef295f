//go:build unix

package rundir

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inTime fails a test whose call waits for somebody to write into a pipe.
func inTime(t *testing.T, call func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("it waits")
		return nil
	}
}

// Pipes and links in the place of files are replaced or refused, and never waited for.
func TestOthers_AreNotWaitedFor(t *testing.T) {
	others := map[string]func(name string) error{
		"a pipe": func(name string) error { return syscall.Mkfifo(name, 0o600) },
		"a link": func(name string) error { return os.Symlink(filepath.Join(filepath.Dir(name), "elsewhere"), name) },
	}
	for claim, make := range others {
		t.Run(claim, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{JournalFile, DocumentFile, HTMLFile} {
				if err := make(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, "elsewhere"), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			err := inTime(t, func() error {
				journal, err := Begin(dir)
				if err != nil {
					return err
				}
				return journal.Close()
			})
			info, missing := os.Lstat(filepath.Join(dir, JournalFile))
			if err != nil || missing != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v, %v", err, missing, info)
			}
			if _, err := os.Lstat(filepath.Join(dir, DocumentFile)); err == nil {
				t.Error("the other document is left")
			}
			if data, err := os.ReadFile(filepath.Join(dir, "elsewhere")); err != nil || string(data) != "mine" {
				t.Errorf("what the link leads to is %q, %v", data, err)
			}
		})
	}
	dir := t.TempDir()
	for _, name := range []string{JournalFile, DocumentFile} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for claim, call := range map[string]func() error{
		"resumed":  func() error { _, err := Continue(dir, 0); return err },
		"replayed": func() error { _, err := Replay(dir); return err },
		"read":     func() error { _, err := ReadFinished(filepath.Join(dir, DocumentFile)); return err },
	} {
		if err := inTime(t, call); err == nil || !strings.Contains(err.Error(), "must be a file, not a pipe") {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

// What a run writes is for its owner alone.
func TestFolder_IsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "out")
	if err := Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(open); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(open); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("a folder of the user's own: %v, %v", info.Mode(), err)
	}
}
