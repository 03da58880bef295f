package redact

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var secretive = New(Secrets{Values: []string{"hunter2"}})

func TestSelfCheck_MasksWhatFilesHold(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"clean.txt": "a\nb\n", "empty.txt": "", "first.txt": "hunter2\n" + strings.Repeat("x\n", 10), "last.txt": strings.Repeat("x", 3<<20) + "\nno line end hunter2", "other.txt": "hunter2",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := secretive.SelfCheck(dir, []string{"clean.txt", "empty.txt"}); err != nil {
		t.Error(err)
	}
	err := secretive.SelfCheck(dir, []string{"clean.txt", "first.txt", "last.txt", "empty.txt", "lost.txt"})
	for _, want := range []string{"first.txt held a credential, which was masked", "last.txt held a credential, which was masked", "self-check of lost.txt: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("it shows the secret: %v", err)
	}
	if got := filesIn(t, dir); !slices.Equal(got, []string{"clean.txt", "empty.txt", "first.txt", "last.txt", "other.txt"}) {
		t.Errorf("left are %v", got)
	}
	for name, want := range map[string]string{"first.txt": "[redacted#1]\n" + strings.Repeat("x\n", 10), "last.txt": strings.Repeat("x", 3<<20) + "\nno line end [redacted#1]", "other.txt": "hunter2"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(data) != want {
			t.Errorf("%s: %v, %d bytes, ending in %q", name, err, len(data), data[max(0, len(data)-40):])
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if err := secretive.SelfCheck(dir, []string{"first.txt", "last.txt"}); err != nil {
		t.Errorf("a second look: %v", err)
	}
}

// A line in which a secret stays goes as a whole.
func TestMasked_WholeLine(t *testing.T) {
	r := New(Secrets{Cards: []string{"4571000000000001"}})
	for _, line := range []string{"4571000000000001\n", "x 4571 0000 0000 0001 y\n", "%4571000000000001\n", "plain\n"} {
		got := r.masked(line)
		if r.Leaks(got) != "" || !strings.HasSuffix(got, "\n") || line == "plain\n" && got != line {
			t.Errorf("%q becomes %q", line, got)
		}
	}
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestGuard(t *testing.T) {
	var b bytes.Buffer
	g := &Guard{W: &b, Redactor: secretive}
	for _, text := range []string{"one ", "no hunter2", "two"} {
		if n, err := io.WriteString(g, text); (err != nil) != strings.Contains(text, "hunter2") || err == nil && n != len(text) {
			t.Errorf("%s: %d, %v", text, n, err)
		}
	}
	if b.String() != "one two" || g.Err == nil || strings.Contains(g.Err.Error(), "hunter2") {
		t.Errorf("%q, %v", b.String(), g.Err)
	}
}
