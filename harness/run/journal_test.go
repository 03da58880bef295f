package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/settings"
)

func TestJournal(t *testing.T) {
	p := plot(t, ask{id: "a", paths: []string{"/200", "/404", "/503"}}, ask{id: "b", check: "media-type"})
	p.Cases[1].Obligations = append(p.Cases[1].Obligations, "list.R-b")
	var journal bytes.Buffer
	whole(t, t.Context(), p, serve(t, statuses), Options{Journal: &journal})
	if !strings.HasSuffix(journal.String(), "}\n") {
		t.Errorf("the last line is not ended: %s", journal.String())
	}
	got := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(journal.String(), "\n"), "\n")
	for _, line := range lines[1 : len(lines)-1] { // between head and end
		var e caseLine
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&e); err != nil || len(e.Evidence) != 1 || e.Kind != "valid.required" || e.Operation != "list" || e.What == "" || e.Act != 0 {
			t.Fatalf("%v: %s", err, line)
		}
	}
	if err := ReadJournal(&journal, func(e Entry) error {
		got[e.Case] = fmt.Sprint(e.Outcome, len(e.Verdicts))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"list.a.00": "pass 1", "list.a.01": "fail 2", "list.a.02": "inconclusive 1"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// full takes some lines, then has no room.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room--; f.room < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestJournal_ThatCannotBeWrittenEndsTheRun(t *testing.T) {
	for room := range 5 { // head, three cases, end
		var seen atomic.Int32
		p := plot(t, ask{id: "a", paths: []string{"/200", "/200/1", "/200/2"}})
		target := serve(t, func(w http.ResponseWriter, r *http.Request) { seen.Add(1); statuses(w, r) })
		d, err := start(t, t.Context(), p, target, Options{Journal: &full{room}}, func(s *settings.Settings) { s.Concurrency = 1 }).Wait()
		if err == nil || err.Error() != "journal: no space left" || d.CaseCounts.Pass != min(max(room-1, 0), 3) {
			t.Errorf("room for %d: %v, %+v", room, err, d.CaseCounts)
		}
		if sent := int(seen.Load()); sent != min(room, 3) {
			t.Errorf("room for %d lines: %d requests were sent", room, sent)
		}
	}
}
