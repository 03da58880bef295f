package cli

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
)

//go:embed testdata/notes/guess.yaml
var guessDescription string

// note is one of the notes of a server whose description has no links.
type note struct {
	ID    any    `json:"id"`
	Title string `json:"title"`
}

// guessServer serves testdata/notes/guess.yaml, with or without a fault.
type guessServer struct {
	mu    sync.Mutex
	fault string
	notes map[int]string
	next  int
}

func (s *guessServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := readAll(r)
	if err != nil {
		return
	}
	status, body := s.answer(r, data)
	if body != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body) // the client may be gone
	}
}

func (s *guessServer) answer(r *http.Request, data []byte) (int, any) {
	no := func(status int) (int, any) { return status, map[string]string{"message": "no"} }
	title, fine := "", false
	if r.Method == "POST" || r.Method == "PUT" {
		var body map[string]any
		err := json.Unmarshal(data, &body)
		text, is := body["title"].(string)
		title, fine = text, err == nil && is && len(body) == 1 && text != "" && len([]rune(text)) <= 40 &&
			json.Valid(data) && !strings.ContainsRune(text, '\uFFFD') && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
	}
	if r.URL.Path == "/notes" && r.Method == "POST" {
		if !fine || s.fault == "refuses all" {
			return no(400)
		}
		return s.add(title)
	}
	text, below := strings.CutPrefix(r.URL.Path, "/notes/")
	if !below {
		return no(404)
	}
	id, err := strconv.Atoi(text)
	old, there := s.notes[id]
	switch {
	case !slices.Contains([]string{"GET", "PUT", "DELETE"}, r.Method):
		return no(405)
	case r.Method == "PUT" && !fine && s.fault != "changes without a title":
		return no(400)
	case r.Method == "GET" && s.fault == "fails on reading":
		return no(500)
	case err != nil, !there:
		if r.Method == "DELETE" && s.fault == "removes nothing" {
			return 204, nil
		}
		return no(404)
	case r.Method == "PUT":
		s.notes[id] = title
		return 200, note{id, title}
	case r.Method == "DELETE":
		delete(s.notes, id)
		return 204, nil
	case s.fault == "title as number":
		return 200, map[string]int{"id": id, "title": 5}
	}
	return 200, note{id, old}
}

// add adds a note.
func (s *guessServer) add(title string) (int, any) {
	s.next++
	s.notes[s.next] = title
	switch s.fault {
	case "another id":
		return 201, note{s.next + 100000, title}
	case "an older id":
		return 201, note{1, title}
	case "an id of what was there":
		return 200, note{1, title}
	case "id as text":
		return 201, note{"1", title}
	case "id of a path":
		return 201, note{"..", title}
	}
	return 201, note{s.next, title}
}

// TestGuess runs against servers whose description has no links. What is there is read,
// changed and removed by the id that a POST answered; where that is none, nothing fails
// for it, and what needs no id is found as before.
func TestGuess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault string
		code  int
		fails []string // requirements on operations
		left  bool     // what was made cannot be removed
	}{
		{"", run.ExitPass, nil, false},
		{"another id", run.ExitUnclear, nil, true},
		{"an older id", run.ExitUnclear, nil, true},
		{"an id of what was there", run.ExitFail, []string{"addNote.ANY-2XX", "addNote.ANY-ACCEPT", "addNote.ANY-STATUS"}, true},
		{"id as text", run.ExitFail, []string{"addNote.ANY-2XX-BODY"}, true},
		{"id of a path", run.ExitFail, []string{"addNote.ANY-2XX-BODY"}, true},
		{"refuses all", run.ExitFail, []string{"addNote.ANY-2XX"}, false},
		{"title as number", run.ExitFail, []string{"getNote.ANY-2XX-BODY"}, true},
		{"removes nothing", run.ExitFail, []string{"removeNote.ANY-400", "removeNote.ANY-404"}, false},
		{"changes without a title", run.ExitFail, []string{"changeNote.ANY-400"}, false},
		{"fails on reading", run.ExitFail, []string{"getNote.ANY-2XX"}, true},
	} {
		t.Run(fmt.Sprint("fault ", tt.fault), func(t *testing.T) {
			t.Parallel()
			before := map[int]string{1: "text", 2: "test", 7: "7"}
			server := &guessServer{fault: tt.fault, notes: maps.Clone(before), next: 1000}
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"notes.yaml": guessDescription})
			stdout, stderr, code := commandIn(t, dir, nil, "run", "--spec", "notes.yaml", "--target", serve(t, server))
			if code != tt.code {
				t.Errorf("exit code %d, want %d:\n%s%s", code, tt.code, stdout, stderr)
			}
			d := readDocument(t, filepath.Join(dir, "out"))
			for _, o := range d.Obligations {
				if o.Outcome == verdict.Fail && !slices.Contains(tt.fails, o.ID) && tt.fault != "fails on reading" {
					t.Errorf("%s fails", o.ID)
				}
			}
			for _, id := range tt.fails {
				if o := d.Obligation(id); o == nil || o.Outcome != verdict.Fail {
					t.Errorf("%s did not fail", id)
				}
			}
			for id, title := range before {
				if server.notes[id] != title {
					t.Errorf("note %d was there before, and is %q", id, server.notes[id])
				}
			}
			if left := len(server.notes) > len(before); left != tt.left {
				t.Errorf("notes after the run: %v", server.notes)
			}
			if tt.fault == "another id" && !strings.Contains(d.Obligation("getNote.ANY-2XX").Why, "id was guessed from id of addNote; give one that exists in the fixtures: known: { id: … }") {
				t.Error(d.Obligation("getNote.ANY-2XX").Why)
			}
		})
	}
}
