package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qorcheck/harness/sandbox"
)

// TestSecrets_OfSettle: what the fixtures take from the environment to settle with stands in no
// file and on no console, whether settling succeeds, is refused, or is an error.
func TestSecrets_OfSettle(t *testing.T) {
	t.Parallel()
	const password, key, pin, token = "stlPassword-77aa", "stl/key+0815==", "6142", "stl-Token-99ff"
	env := []string{"STL_PASSWORD=" + password, "STL_KEY=" + key, "STL_PIN=" + pin, "STL_TOKEN=" + token}
	inner := newSandbox(t)
	refuse := false
	origin := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if refuse && strings.HasPrefix(r.URL.Path, "/control/") {
			w.Header().Set("X-"+token, r.URL.Query().Get("k"))
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "%s %s %s %s", r.URL, sent, password, r.Header.Get("Authorization"))
			return
		}
		answerOf(inner, r, sent).send(w)
	}))
	settle := `settle: { method: POST, url: "` + strings.Replace(origin, "//", "//ops:${STL_PASSWORD}@", 1) + `/control/settle?k=${STL_TOKEN}", body: { transaction_id: "{transaction_id}", key: "${STL_KEY}", code: "${STL_PIN}" } }`
	lines := strings.Split(string(sandbox.Fixtures(origin)), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "settle:") {
			lines[i] = settle
		}
	}
	for _, refused := range []bool{false, true} {
		refuse = refused
		dir := t.TempDir()
		writeFiles(t, dir, map[string]string{"fixtures.yaml": strings.Join(lines, "\n")})
		stdout, stderr, code := commandIn(t, dir, env, "run", "--target", origin+"/v3", "--fixtures", "fixtures.yaml", "--verbose", "--evidence", "all", "--junit-cases", "--filter", "operation:payment-refund && requirement:RH-200-1")
		if want := map[bool]int{false: 0, true: 3}[refused]; code != want {
			t.Errorf("exit code %d, want %d:\n%s\n%s", code, want, lastLine(stdout), lastLine(stderr))
		}
		texts := map[string]string{"stdout": stdout, "stderr": stderr}
		entries, err := os.ReadDir(filepath.Join(dir, "out"))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			texts[entry.Name()] = readFile(t, filepath.Join(dir, "out", entry.Name()))
		}
		if !strings.Contains(texts["cases.ndjson"], "/control/settle?k=") {
			t.Error("nothing was settled")
		}
		texts["plan"], _, _ = commandIn(t, dir, env, "plan", "--json", "--target", origin+"/v3", "--fixtures", "fixtures.yaml", "--filter", "operation:payment-refund && requirement:RH-200-1")
		writeFiles(t, dir, map[string]string{"fixtures.yaml": strings.Replace(strings.Join(lines, "\n"), "@127.0.0.1", "@elsewhere.example.test", 1)})
		_, texts["an error"], _ = commandIn(t, dir, env, "run", "--target", origin+"/v3", "--fixtures", "fixtures.yaml")
		if !strings.Contains(texts["an error"], "elsewhere.example.test") || !strings.Contains(texts["an error"], "not allowed") {
			t.Error(texts["an error"])
		}
		for _, name := range sortedNames(texts) {
			text := strings.ToLower(texts[name])
			for _, secret := range []string{password, key, token, `"` + pin + `"`, `\"` + pin + `\"`} {
				for _, form := range forms(secret) {
					if strings.Contains(text, strings.ToLower(form)) {
						t.Errorf("%s holds %s", name, form)
						break
					}
				}
			}
		}
	}
}
