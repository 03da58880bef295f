package cli

import (
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const putDescription = `
openapi: 3.0.3
info: { title: Files, version: "1" }
paths:
  /files/{name}:
    parameters: [ { name: name, in: path, required: true, schema: { type: string } } ]
    get:
      operationId: getFile
      responses: { "200": { $ref: "#/components/responses/File" }, 4XX: { $ref: "#/components/responses/No" } }
    put:
      operationId: putFile
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [text], properties: { text: { type: string }, size: { type: integer } } } } } }
      responses: { "200": { $ref: "#/components/responses/File" }, "201": { $ref: "#/components/responses/File" }, 4XX: { $ref: "#/components/responses/No" } }
    delete:
      operationId: removeFile
      responses: { "204": { description: gone }, 4XX: { $ref: "#/components/responses/No" } }
components:
  responses:
    File: { description: the file, content: { application/json: { schema: { type: object } } } }
    No: { description: no, content: { application/json: { schema: { type: object } } } }
`

// putServer keeps files under the names that clients give.
type putServer struct {
	lenient bool // it carries malformed requests out
	keeps   bool // it fails to remove anything

	mu    sync.Mutex
	files map[string]string
}

func (s *putServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := readAll(r)
	name, below := strings.CutPrefix(r.URL.Path, "/files/")
	_, there := s.files[name]
	var file struct {
		Text *string `json:"text"`
		Size *int64  `json:"size"`
	}
	status := http.StatusOK
	switch {
	case !below || strings.Contains(name, "/"):
		status = http.StatusNotFound
	case r.Method == http.MethodPut:
		malformed := err != nil || r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(data, &file) != nil || file.Text == nil || strings.Contains(string(data), "null")
		if status = http.StatusBadRequest; !malformed || s.lenient {
			s.files[name], status = string(data), http.StatusCreated
			if there {
				status = http.StatusOK
			}
		}
	case r.Method != http.MethodGet && r.Method != http.MethodDelete:
		status = http.StatusMethodNotAllowed
	case !there:
		status = http.StatusNotFound
	case r.Method == http.MethodDelete && s.keeps:
		status = http.StatusInternalServerError
	case r.Method == http.MethodDelete:
		delete(s.files, name)
		status = http.StatusNoContent
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		_, _ = w.Write([]byte("{}")) // the client may be gone
	}
}

// TestPut_IsRemoved: what a PUT makes under an invented name is removed, also where a
// malformed one made it, and what was there before stays. What cannot be removed is listed.
func TestPut_IsRemoved(t *testing.T) {
	t.Parallel()
	for claim, server := range map[string]*putServer{"sound": {}, "lenient": {lenient: true}, "keeping": {keeps: true}} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			before := map[string]string{"text": "a", "1": "b", "test": "c"}
			server.files = maps.Clone(before)
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"files.yaml": putDescription})
			_, stderr, code := commandIn(t, dir, nil, "run", "--spec", "files.yaml", "--target", serve(t, server))
			if code == 2 || code == 4 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			d := readDocument(t, filepath.Join(dir, "out"))
			if o := d.Obligation("putFile.ANY-2XX"); o.Counts.Pass == 0 {
				t.Errorf("no PUT was carried out: %s", o.Why)
			}
			for name, text := range before {
				if server.files[name] != text {
					t.Errorf("%s holds %q, not %q", name, server.files[name], text)
				}
			}
			if left := len(server.files) - len(before); (left > 0) != server.keeps || (len(d.Left) > 0) != server.keeps {
				t.Errorf("%d files are left, %d listed", left, len(d.Left))
			}
		})
	}
}
