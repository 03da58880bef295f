package spec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadFile: a file is read as a whole, and none without an end.
func TestReadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(file, []byte("a: b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(file); err != nil || string(data) != "a: b\n" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := ReadFile(file + "x"); !os.IsNotExist(err) {
		t.Errorf("a file that does not exist: %v", err)
	}
	if err := os.Truncate(file, maxInput+1); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(file); err == nil || !strings.HasSuffix(err.Error(), "large.yaml: it has more than 64 MiB") {
		t.Errorf("a large file: %v", err)
	}
	for limit, want := range map[int64]bool{4: true, 3: false} {
		if _, err := ReadAll(strings.NewReader("1234"), limit); (err == nil) != want {
			t.Errorf("4 bytes of %d: %v", limit, err)
		}
	}
}
