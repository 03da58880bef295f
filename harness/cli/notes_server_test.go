package cli

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// notesServer is an API of two operations that keeps its description to the letter. A
// fault that is planted breaks one promise of it.
type notesServer struct {
	fault string // "" for none
	mu    sync.Mutex
	notes []map[string]any
}

func (s *notesServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, body := s.answer(r)
	mediaType := "application/json"
	switch {
	case s.fault == "success as text" && status < 300, s.fault == "rejection as text" && status == 400:
		mediaType = "text/plain"
	case s.fault == "201 as 202" && status == 201:
		status = 202
	case s.fault == "rejection without error" && status == 400:
		body = map[string]any{}
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	if s.fault == "broken JSON" && status == 200 {
		_, _ = w.Write([]byte(`{"notes": [`)) // the client may be gone
		return
	}
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func (s *notesServer) answer(r *http.Request) (int, any) {
	wrong := func(text string) (int, any) { return http.StatusBadRequest, map[string]any{"error": text} }
	switch {
	case r.URL.Path != "/notes" && s.fault != "unknown path served":
		return http.StatusNotFound, map[string]any{"error": "nothing is here"}
	case r.Method == http.MethodGet:
		return s.list(r, wrong)
	case r.Method == http.MethodPost:
		return s.add(r, wrong)
	}
	return http.StatusMethodNotAllowed, map[string]any{"error": "this is not done here"}
}

func (s *notesServer) list(r *http.Request, wrong func(string) (int, any)) (int, any) {
	limit := 20
	if query := r.URL.Query(); query.Has("limit") {
		var err error
		limit, err = strconv.Atoi(query.Get("limit"))
		switch {
		case s.fault == "500 on a bad limit" && err != nil:
			return http.StatusInternalServerError, map[string]any{"error": "we failed"}
		case s.fault == "every limit" && err == nil && limit > 100:
		case err != nil || limit < 1 || limit > 100:
			return wrong("limit is 1 to 100")
		}
	}
	newest := s.notes[max(0, len(s.notes)-limit):]
	if newest == nil {
		newest = []map[string]any{}
	}
	if s.fault == "list under another name" {
		return http.StatusOK, map[string]any{"items": newest}
	}
	return http.StatusOK, map[string]any{"notes": newest}
}

func (s *notesServer) add(r *http.Request, wrong func(string) (int, any)) (int, any) {
	var note map[string]any
	data, err := readAll(r)
	base, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if err != nil || base != "application/json" || !strictJSON(data, &note) {
		return wrong("the body is no JSON")
	}
	text, isText := note["text"].(string)
	_, pinned := note["pinned"]
	_, isBool := note["pinned"].(bool)
	switch {
	case !isText && s.fault == "text of any type" && note["text"] != nil:
		text, isText = "any", true
	case pinned && s.fault == "optional field refused":
		return wrong("pinned is unknown")
	}
	if !isText || text == "" || len([]rune(text)) > 200 && s.fault != "long text" || pinned && !isBool {
		return wrong("text is 1 to 200 characters, pinned true or false")
	}
	made := map[string]any{"id": len(s.notes) + 1, "text": text}
	if pinned {
		made["pinned"] = note["pinned"]
	}
	s.notes = append(s.notes, made)
	if s.fault == "id as text" {
		return http.StatusCreated, map[string]any{"id": strconv.Itoa(len(s.notes)), "text": text}
	}
	return http.StatusCreated, made
}
