package cli

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

// optionalDescription is of four operations that have one optional header alike.
func optionalDescription() string {
	text := "openapi: 3.0.3\ninfo: { title: Things, version: \"1\" }\npaths:\n"
	for _, name := range []string{"a", "b", "c", "d"} {
		text += fmt.Sprintf(`  /%s:
    get:
      operationId: %[1]s
      parameters:
        - { name: X-Version, in: header, schema: { type: string } }
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 9 } }
        - { name: sort, in: query, schema: { type: boolean } }
      responses:
        "200": { description: d, content: { application/json: { schema: { type: object } } } }
        "400": { description: d, content: { application/json: { schema: { type: object } } } }
`, name)
	}
	return text
}

// optionalServer refuses the header at some paths, and fails where it is asked to limit
// and sort, if that is planted.
type optionalServer struct {
	refusing string
	fails    bool

	mu   sync.Mutex
	sent int // requests with the header
}

func (s *optionalServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, query := http.StatusOK, r.URL.Query()
	if r.Header.Get("X-Version") != "" {
		s.mu.Lock()
		s.sent++
		s.mu.Unlock()
	}
	limit := query.Get("limit")
	switch {
	case len(r.URL.Path) != 2:
		status = http.StatusNotFound
	case r.Method != http.MethodGet:
		status = http.StatusMethodNotAllowed
	case r.Header.Get("X-Version") != "" && strings.Contains(s.refusing, r.URL.Path[1:]), query.Has("limit") && (len(limit) != 1 || limit < "1" || limit > "9"),
		query.Has("sort") && query.Get("sort") != "true" && query.Get("sort") != "false":
		status = http.StatusBadRequest
	case s.fails && query.Has("limit") && query.Has("sort"):
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("{}")) // the client may be gone
}

// TestOptional_RefusedByItself: an optional parameter that is refused wherever it is sent
// fails where it is tried by itself, and hides nothing elsewhere.
func TestOptional_RefusedByItself(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim   string
		server  *optionalServer
		code    int
		refused int  // operations of which a correct request is refused
		failing int  // operations that answer one with 500
		left    bool // the header is left out of other requests
	}{
		{"it is served", &optionalServer{}, run.ExitPass, 0, 0, false},
		{"refused everywhere", &optionalServer{refusing: "abcd"}, run.ExitFail, 2, 0, true},
		{"refused everywhere, and a failure beside it", &optionalServer{refusing: "abcd", fails: true}, run.ExitFail, 2, 4, true},
		{"refused by one operation alone", &optionalServer{refusing: "a"}, run.ExitFail, 1, 0, false},
		{"another failure alone", &optionalServer{fails: true}, run.ExitFail, 0, 4, false},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"things.yaml": optionalDescription()})
			stdout, stderr, code := commandIn(t, dir, nil, "run", "--spec", "things.yaml", "--target", serve(t, tt.server), "--filter", "requirement:ANY-2XX")
			if code != tt.code {
				t.Fatalf("exit code %d, want %d:\n%s%s", code, tt.code, stdout, stderr)
			}
			d := readDocument(t, filepath.Join(dir, "out"))
			refused, failing, noted := map[string]bool{}, map[string]bool{}, 0
			for _, c := range d.Causes {
				for _, b := range c.Behind {
					if strings.Contains(c.Title, "500") {
						failing[b.Obligation] = true
					} else {
						refused[b.Obligation] = true
					}
				}
			}
			for _, o := range d.Obligations {
				for _, n := range o.Notes {
					if strings.Contains(n.Text.String(), "sent without the optional header X-Version, which is refused by itself: ") {
						noted++
					}
				}
				if o.Outcome != verdict.Pass && !refused[o.ID] && !failing[o.ID] {
					t.Errorf("%s is %s", o.ID, o.Outcome)
				}
			}
			if len(refused) != tt.refused || len(failing) != tt.failing {
				t.Errorf("refused %v, failing %v:\n%s", refused, failing, stdout)
			}
			if (noted > 0) != tt.left || tt.left && tt.server.sent != 2 {
				t.Errorf("%d notes, the header was sent %d times", noted, tt.server.sent)
			}
		})
	}
}
