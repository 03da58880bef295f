package cli

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme_AnotherAPI copies the lines of the README for another API out, and runs them
// against a small server that wants a key and shows its description.
func TestReadme_AnotherAPI(t *testing.T) {
	t.Parallel()
	lines := block(readFile(t, filepath.Join(root, "README.md")), "shell", "SPEC=")
	if n := strings.Count(lines, "\n"); n == 0 || n > 10 {
		t.Fatalf("the README has %d lines for another API, expected 1 to 10", n)
	}
	secured := strings.Replace(notesDescription, "components:\n", "security: [{ Key: [] }]\ncomponents:\n  securitySchemes: { Key: { type: apiKey, in: header, name: X-Key } }\n", 1)
	secured = strings.ReplaceAll(secured, `        "400": { $ref`, "        \"401\": { $ref: \"#/components/responses/Rejected\" }\n        \"400\": { $ref")
	notes := &notesServer{}
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/openapi.yaml":
			_, _ = io.WriteString(w, secured) // the client may be gone
		case r.URL.Path == "/notes" && r.Header.Get("X-Key") != "my-key":
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error": "a key is needed"}`) // the client may be gone
		default:
			notes.ServeHTTP(w, r)
		}
	}))
	dir := t.TempDir()
	lines = strings.NewReplacer("https://api.example.test", target, "http://127.0.0.1:8080", target, "make build\n", "").Replace(lines)
	writeFiles(t, dir, map[string]string{"lines.sh": lines})
	program := newProcess(t.Context(), t, dir, nil)
	if err := os.Mkdir(filepath.Join(dir, ".build"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program.Path, filepath.Join(dir, ".build", "qorcheck")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-e", "lines.sh")
	c.Dir, c.Env = dir, program.Env
	output, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "export KEY=…") || !strings.Contains(string(output), "PASSED: ") {
		t.Errorf("%v\n%s\n%s", err, lines, output)
	}
	if info, err := os.Stat(filepath.Join(dir, "report", "report.html")); err != nil || info.Size() == 0 {
		t.Errorf("report/report.html: %v", err)
	}
}
