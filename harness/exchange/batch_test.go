package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/plan"
)

// shelf lists what is stored by the values that it is asked for.
type shelf struct {
	mu      sync.Mutex
	stored  []string
	asked   []string
	several bool // takes several values, separated by commas
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		w.WriteHeader(400)
		return
	}
	asked := r.URL.Query().Get("order")
	s.asked = append(s.asked, asked)
	wanted := []string{asked}
	if s.several {
		wanted = strings.Split(asked, ",")
	}
	rows := []map[string]string{}
	for _, value := range s.stored {
		if slices.Contains(wanted, value) {
			rows = append(rows, map[string]string{"order": value})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"rows": rows})
}

// readBackOf is a step that reads a value back.
func readBackOf(value string) plan.Step {
	return plan.Step{
		Name: "list", Operation: "list", Check: "no-trace",
		Request:  plan.Request{Method: "GET", Path: "/list", Query: []plan.Field{{Name: "order", Value: plan.Template(value)}}},
		ReadBack: &plan.ReadBack{Rows: "/rows", Field: "/order", Value: plan.Template(value), Parameter: "order", Separator: ","},
	}
}

// readBackAll reads a control and then many values back, all at once, and returns
// how many rows each found and how many requests were counted.
func readBackAll(t *testing.T, s *shelf, values []string) (rows map[string]int, counted int) {
	t.Helper()
	c := toyClient(t, toyServer(t, s.ServeHTTP))
	control := c.Execute(t.Context(), &plan.Case{ID: "control", Expect: plan.NewExpect("", 200), Act: get("/list"), Observe: []plan.Step{readBackOf("control")}}, nil)
	if len(foundValues(control.Observe[0])) != 1 {
		t.Fatalf("the control is not found: %+v", control.Observe[0])
	}
	rows = map[string]int{}
	var mu sync.Mutex
	var together sync.WaitGroup
	for _, value := range values {
		together.Go(func() {
			rejected := &plan.Case{ID: "case-" + value, Expect: plan.NewExpect("", 400), Act: plan.Step{Request: plan.Request{Method: "POST", Path: "/list"}}, Observe: []plan.Step{readBackOf(value)}}
			transcript := c.Execute(t.Context(), rejected, nil)
			r := transcript.Observe[0]
			mu.Lock()
			defer mu.Unlock()
			counted += transcript.RequestCount() - 1
			if r.Sought != value || r.Step.ReadBack.Value != plan.Template(value) {
				t.Errorf("%s was read back as %q", value, r.Sought)
			}
			for _, found := range foundValues(r) {
				if found == value {
					rows[value]++
				}
			}
		})
	}
	together.Wait()
	return rows, counted
}

func values(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("q%d", i))
	}
	return list
}

func TestBatches_ShareReadBacks(t *testing.T) {
	s := &shelf{several: true, stored: []string{"control"}}
	rows, counted := readBackAll(t, s, values(40))
	if len(rows) > 0 {
		t.Errorf("found %v", rows)
	}
	shared := s.asked[2:] // behind the act of the control and its own read-back
	if len(shared) != counted || counted >= 40 {
		t.Errorf("%d requests made, %d counted, for 40 values", len(shared), counted)
	}
	for _, asked := range shared {
		if !strings.HasPrefix(asked, "control,") || strings.Count(asked, ",") > maxBatch {
			t.Errorf("asked for %s", asked)
		}
	}
}

func TestBatches_ReadATraceBackAlone(t *testing.T) {
	s := &shelf{several: true, stored: []string{"control", "q7"}}
	rows, _ := readBackAll(t, s, values(20))
	if len(rows) != 1 || rows["q7"] != 1 || !slices.Contains(s.asked, "q7") {
		t.Errorf("found %v, asked %q", rows, s.asked)
	}
}

// TestBatches_OfATargetThatTakesOneValue: it finds nothing of several, the
// control neither, which would prove nothing.
func TestBatches_OfATargetThatTakesOneValue(t *testing.T) {
	s := &shelf{stored: []string{"control", "q3"}}
	rows, _ := readBackAll(t, s, values(10))
	if len(rows) != 1 || rows["q3"] != 1 {
		t.Errorf("found %v", rows)
	}
	for _, value := range values(10) {
		if !slices.Contains(s.asked, value) {
			t.Errorf("%s was not asked for on its own", value)
		}
	}
}
