package cli

import (
	_ "embed"
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

//go:embed testdata/notes/shelf.yaml
var shelfDescription string

// obedient is a server that does what it is told, whatever is wrong with a request: it
// wants no key, reads every body, takes an empty filter and an unknown path for all.
type obedient struct {
	mu     sync.Mutex
	things map[string]string
	writes []string // what changed things that it had
}

func newObedient() *obedient {
	return &obedient{things: map[string]string{"text": "a", "1": "b", "test": "c", "top": "d", "-unknown": "e", "things": "f", "a": "g"}}
}

func (s *obedient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := readAll(r)
	if err != nil {
		return
	}
	var body map[string]any
	read := json.Unmarshal(data, &body) == nil
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	last := segments[len(segments)-1]
	one := len(segments) > 1 && last != "filter" && last != "bulk_delete"
	if method := strings.ToUpper(r.Header.Get("X-HTTP-Method-Override")); method != "" {
		r.Method = method
	}
	switch {
	case r.Method == "GET" && one && s.things[last] == "":
		w.WriteHeader(http.StatusNotFound)
	case r.Method == "GET", last == "filter":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`[{"name": "text"}]`)) // the client may be gone
	case r.Method == "POST" && !one && last != "bulk_delete":
		name, _ := body["name"].(string)
		if s.things[name] != "" || !read || name == "" {
			w.WriteHeader(http.StatusConflict)
			return
		}
		s.things[name] = "new"
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"name": name}) // the client may be gone
	case r.Method == "QORCHECK":
		w.WriteHeader(http.StatusMethodNotAllowed)
	default:
		if name, is := body["name"].(string); one && is { // the body is believed, not the path
			last = name
		}
		s.change(r, last, one)
		w.WriteHeader(http.StatusNoContent)
	}
}

// change does what a request says to the thing that it names, else to all.
func (s *obedient) change(r *http.Request, name string, one bool) {
	change := func(name string) {
		if newObedient().things[name] != "" { // the run did not make it
			s.writes = append(s.writes, r.Method+" "+r.URL.Path+" changes "+name)
		}
		if delete(s.things, name); r.Method == "PUT" || r.Method == "PATCH" {
			s.things[name] = "changed"
		}
	}
	if one {
		if _, there := s.things[name]; there || r.Method == "PUT" {
			change(name)
		}
		return
	}
	for name := range maps.Clone(s.things) {
		change(name)
	}
}

// TestNoHarm runs against a server that obeys everything: all that was there before is
// there afterwards, byte for byte. What is held back says the line to add.
func TestNoHarm(t *testing.T) {
	t.Parallel()
	server, before := newObedient(), newObedient().things
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"shelf.yaml": shelfDescription})
	stdout, stderr, code := commandIn(t, dir, nil, "run", "--spec", "shelf.yaml", "--target", serve(t, server))
	if code != run.ExitFail {
		t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	for name, value := range before {
		if server.things[name] != value {
			t.Errorf("%s is lost: %v", name, server.writes)
			break
		}
	}
	if len(server.things) == len(before) {
		t.Error("nothing was made")
	}
	d := readDocument(t, filepath.Join(dir, "out"))
	for _, operation := range []string{"replaceThings", "changeThings", "removeThings", "clearShelf", "deleteFiltered", "resetThings", "tunnel"} {
		o := d.Obligation(operation + ".ANY-2XX")
		if o.Outcome != verdict.Inconclusive || !strings.Contains(o.Why, "add to fixtures.yaml: effects."+operation) {
			t.Errorf("%s is %s: %s", o.ID, o.Outcome, o.Why)
		}
	}
	for _, operation := range []string{"filterThings", "addThing", "listThings"} {
		if o := d.Obligation(operation + ".ANY-2XX"); o.Counts.Pass == 0 {
			t.Errorf("%s is %s: %s", o.ID, o.Outcome, o.Why)
		}
	}
	if o := d.Obligation("removeThing.ANY-400"); o.Outcome != verdict.NotApplicable && o.Outcome != verdict.Inconclusive {
		t.Errorf("%s is %s: %s", o.ID, o.Outcome, o.Why)
	}
}

// TestNoHarm_Allowed: what is allowed is sent, and nothing else.
func TestNoHarm_Allowed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim, fixtures string
		flags           []string
		want            string
	}{
		{"a flag", "", []string{"--allow-writes", "deleteF*"}, "POST /things/bulk_delete changes "},
		{"a line of the fixtures", "writes: [clearShelf]", nil, "DELETE /shelves/top changes top"},
		{"an effect of the fixtures", "effects: { removeThings: makes }", nil, "DELETE /things changes "},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			server := newObedient()
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"shelf.yaml": shelfDescription, "f.yaml": tt.fixtures})
			arguments := append([]string{"run", "--spec", "shelf.yaml", "--fixtures", "f.yaml", "--target", serve(t, server)}, tt.flags...)
			if stdout, stderr, code := commandIn(t, dir, nil, arguments...); code != run.ExitFail {
				t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
			}
			if len(server.writes) == 0 {
				t.Fatal("nothing was changed")
			}
			for _, write := range server.writes {
				if name, ok := strings.CutPrefix(write, "PUT /things/q"); ok && strings.HasPrefix(name[strings.LastIndex(name, " ")+1:], "q") {
					continue // what does not exist, and is made then
				}
				if !strings.HasPrefix(write, tt.want) {
					t.Fatalf("%s, want only %s", write, tt.want)
				}
			}
		})
	}
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"shelf.yaml": shelfDescription, "f.yaml": "effects: { addThings: reads }", "g.yaml": "effects: { addThing: read }"})
	for fixtures, want := range map[string]string{"f.yaml": `no operation of shelf.yaml has the id "addThings"`, "g.yaml": `effects.addThing: "read": must be one of reads, makes, changes, many`} {
		if _, stderr, code := commandIn(t, dir, nil, "plan", "--spec", "shelf.yaml", "--fixtures", fixtures); code != run.ExitUsage || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
	if _, stderr, code := commandIn(t, dir, nil, "plan", "--spec", "shelf.yaml", "--allow-writes", "nothing"); code != run.ExitUsage || !strings.Contains(stderr, `matches "nothing"`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestProduction: a host that the description marks is no target, whatever the fixtures say.
func TestProduction(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"notes.yaml": notesDescription + "x-conformance: { production: [api.example.test] }\n",
		"f.yaml":     `hosts: ["api.example.test", "api.qorcommerce.io"]`,
	})
	for _, arguments := range [][]string{
		{"--spec", "notes.yaml", "--target", "https://api.example.test/v1"},
		{"--spec", "notes.yaml", "--target", "https://API.example.test:8443/v1"},
		{"--target", "https://api.qorcommerce.io/v3"},
	} {
		for _, command := range []string{"run", "plan"} {
			_, stderr, code := commandIn(t, dir, nil, append([]string{command, "--fixtures", "f.yaml"}, arguments...)...)
			if code != run.ExitUsage || !strings.Contains(stderr, "as production") {
				t.Errorf("%s %v: exit code %d: %s", command, arguments, code, stderr)
			}
		}
	}
}
