package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// tinyServer is the API.
type tinyServer struct {
	mu        sync.Mutex
	transfers []tinyTransfer
	once      map[string]string // key → body
}

type tinyTransfer struct{ number, label, verdict string }

func (s *tinyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, body := s.answer(r)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func (s *tinyServer) answer(r *http.Request) (int, any) {
	fault := func(status int, text string) (int, any) {
		return status, map[string]any{"fault": map[string]any{"class": "fault", "kind": fmt.Sprint("P", status), "text": text}}
	}
	number, one := strings.CutPrefix(r.URL.Path, "/api/transfers/")
	if r.URL.Path != "/api/transfers" && (!one || strings.Contains(number, "/")) || one && r.Method != "GET" || r.Method != "GET" && r.Method != "POST" {
		return fault(410, "there is nothing here")
	}
	switch passport, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer"); strings.TrimSpace(passport) {
	case "":
		return fault(401, "a passport is needed")
	case "pebble-good-7f3a9c21":
	default:
		return fault(403, "this passport opens nothing")
	}
	switch {
	case one:
		for _, made := range s.transfers {
			if made.number == number {
				return 200, map[string]any{"number": made.number, "verdict": made.verdict}
			}
		}
		return fault(410, "no such transfer")
	case r.Method == "GET":
		return s.find(r.URL.Query(), fault)
	}
	return s.make(r, fault)
}

func (s *tinyServer) find(query url.Values, fault func(int, string) (int, any)) (int, any) {
	found := []any{}
	switch query.Get("scope") {
	case "everything":
		for _, made := range s.transfers {
			if made.label == query.Get("label") {
				found = append(found, map[string]any{"number": made.number, "label": made.label})
			}
		}
	case "", "recent": // a second ago is not recent
	default:
		return fault(422, "scope is recent or everything")
	}
	return 200, map[string]any{"found": found}
}

func (s *tinyServer) make(r *http.Request, fault func(int, string) (int, any)) (int, any) {
	if r.Header.Get("Content-Type") != "application/json" {
		return fault(422, "only JSON is read")
	}
	var body map[string]any
	data, err := readAll(r)
	if err != nil || !strictJSON(data, &body) {
		return fault(422, "the body is not JSON")
	}
	text := func(name string) string { s, _ := body[name].(string); return s }
	for name, pattern := range map[string]string{
		"shop": `^[a-z]+$`, "sum": `^[0-9]+\.[0-9]{2}$`, "purse": `^.{0,19}\S$`, "label": `^.{0,39}\S$`, "note": `^.{0,12}$`,
	} {
		_, isText := body[name].(string)
		if _, there := body[name]; there && !isText || !regexp.MustCompile(pattern).MatchString(text(name)) {
			return fault(422, name+" is missing or wrong")
		}
	}
	if text("shop") != "north" {
		return fault(403, "this is not your shop")
	}
	key := strings.TrimSpace(r.Header.Get("Once-Only"))
	if before, used := s.once[key]; key == "" || used && before != string(data) {
		return fault(422, "Once-Only is missing, or was used for another transfer")
	}
	answer := map[string]any{"number": fmt.Sprintf("no-%09d", 431+len(s.transfers)*7), "verdict": "SETTLED"}
	purse, _, _ := strings.Cut(strings.TrimPrefix(text("purse"), "purse-"), "-")
	switch {
	case purse == "burnt":
		return fault(500, "we failed")
	case purse == "stuck":
		answer["verdict"], answer["because"] = "JAMMED", "the transfer is stuck"
	case purse == "empty":
		answer["verdict"], answer["because"] = "TURNED-DOWN", "the purse is empty"
	case slices.ContainsFunc(s.transfers, func(made tinyTransfer) bool { return made.label == text("label") }):
		answer["verdict"], answer["because"] = "TURNED-DOWN", "the label was used before"
		return 202, answer
	}
	s.once[key] = string(data)
	s.transfers = append(s.transfers, tinyTransfer{answer["number"].(string), text("label"), answer["verdict"].(string)})
	return 202, answer
}

func newTinyServer() *tinyServer { return &tinyServer{once: map[string]string{}} }
