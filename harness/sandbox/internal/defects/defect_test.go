package defects

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/sandbox/internal/api"
	"qorcheck/harness/sandbox/internal/strict"
	"qorcheck/spec"
)

func TestDefects_AreWellFormed(t *testing.T) {
	list, err := spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	known := func(id string) bool {
		return slices.ContainsFunc(list.List, func(q *spec.Requirement) bool {
			prefix, open := strings.CutSuffix(id, "*")
			return q.ID == id || open && strings.HasPrefix(q.ID, prefix)
		})
	}
	d, err := strict.ReadDescription(spec.BuiltInDescription())
	if err != nil {
		t.Fatal(err)
	}
	var operations []string
	for _, op := range d.Operations {
		operations = append(operations, op.ID)
	}
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, m := range All() {
		if !name.MatchString(m.Name) || seen[m.Name] {
			t.Errorf("name %q: twice, or no lower-case letters, digits and hyphens", m.Name)
		}
		seen[m.Name] = true
		if m.Breaks == "" || m.Breaks != strings.TrimSuffix(m.Breaks, ".") {
			t.Errorf("%s: what it breaks is %q", m.Name, m.Breaks)
		}
		if len(m.On) == 0 || m.plant == nil {
			t.Errorf("%s: no operation, or no defect", m.Name)
		}
		for _, id := range m.On {
			if !slices.Contains(operations, id) {
				t.Errorf("%s: no operation %s", m.Name, id)
			}
		}
		for _, id := range append(m.Also, m.Requirement) {
			if id != "" && !m.Harmless() && !known(id) {
				t.Errorf("%s: no requirement %s", m.Name, id)
			}
		}
		for _, id := range m.Also {
			if id == m.Requirement || slices.Contains(consequences[m.Requirement], id) {
				t.Errorf("%s: %s follows without being named", m.Name, id)
			}
		}
	}
	for requirement, following := range consequences {
		for _, id := range append(following, requirement) {
			if !known(id) {
				t.Errorf("consequences of %s: no requirement %s", requirement, id)
			}
		}
	}
}

// TestTolerances_HaveAServerEach: what requirements and description tolerate by name, a
// server does that can be certified.
func TestTolerances_HaveAServerEach(t *testing.T) {
	list, err := spec.ParseRequirements(spec.BuiltInRequirements(), "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := spec.Parse(spec.BuiltInDescription(), "qorcommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, q := range list.List {
		for _, tolerated := range q.Tolerances() {
			named[tolerated.Name] = true
			if tolerated.Name == "" && len(tolerated.Breaks) == 0 && !slices.Contains(unnamed, tolerated.Why) {
				t.Errorf("%s: %d is tolerated without a name: %s", q.ID, tolerated.Status, tolerated.Why)
			}
		}
	}
	for _, o := range d.Operations {
		for _, dependent := range o.Conformance.Dependent {
			for _, tolerated := range dependent.Tolerated {
				named[tolerated.Name] = true
			}
		}
	}
	delete(named, "")
	for _, m := range Tolerances() {
		delete(named, m.Name)
	}
	for name := range named {
		t.Errorf("no server does what %s tolerates", name)
	}
}

// unnamed says why some answers pass that are a finding of another requirement.
var unnamed = []string{
	"refusing the right is no harm in itself", "what is another's may count as a wrong parameter", "who has no right to it may be answered so",
	"another merchant's token may count as a broken rule", "that a refund may name the authorization is not said",
}

func TestFollows(t *testing.T) {
	for _, tt := range []struct {
		m           Defect
		requirement string
		want        bool
	}{
		{Defect{Requirement: "RH-403-6"}, "RH-403-6", true},
		{Defect{Requirement: "RH-403-6"}, "RH-403-1", false},
		{Defect{Requirement: "RH-403-6"}, "RH-NIL-2", true},
		{Defect{Requirement: "RH-403-6", Also: also{"RH-403-1"}}, "RH-403-1", true},
		{Defect{Requirement: "IDEM-1"}, "IDEM-4", true},
		{Defect{Requirement: "IDEM-4"}, "IDEM-1", false},
		{Defect{Requirement: "RH-403-6", Also: everything}, "RH-200-1", true},
		{Defect{Requirement: Tolerated}, "RH-200-1", false},
	} {
		if got := tt.m.Follows(tt.requirement); got != tt.want {
			t.Errorf("%s of %v: %t, want %t", tt.requirement, tt.m, got, tt.want)
		}
	}
}

func TestDefects_CanBePlanted(t *testing.T) {
	for _, m := range All() {
		mutantOf(t, m.Name)
	}
}

func TestFind_UnknownDefect(t *testing.T) {
	_, _, err := New(api.Options{}, []string{"keyless-200", "keyless-201"})
	if err == nil || !strings.Contains(err.Error(), `unknown defect "keyless-201" (did you mean keyless-200?); `) {
		t.Errorf("%v, want the name and the one that was meant", err)
	}
	if _, err := Find([]string{"charge-despite-40"}); err == nil || !strings.Contains(err.Error(), "(did you mean charge-despite-400, charge-despite-401, ") {
		t.Errorf("%v, want names that contain what was given", err)
	}
	if _, err := Find([]string{"zzzzzzzzz"}); err == nil || strings.Contains(err.Error(), "mean") {
		t.Errorf("%v, want no name", err)
	}
}

// testMutant is a target with defects. What it answers is not held against the description.
type testMutant struct {
	http.Handler
	server *api.Server
}

func mutantOf(t *testing.T, defects ...string) testMutant {
	t.Helper()
	server, handler, err := New(api.Options{}, defects)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return testMutant{handler, server}
}

// ask returns the answer to a request with the keys of a role, "" for none.
func (m testMutant) ask(method, path, role, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if pair := m.server.Fixtures.Credentials[role]; role != "" {
		r.Header.Set(api.AppKeyHeader, pair.App)
		r.Header.Set(api.ClientKeyHeader, pair.Client)
	}
	if body != "" {
		r.Header.Set("Content-Type", strict.JSONType)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

// TestDefects_AddUp: several defects work at once, each as it does alone.
func TestDefects_AddUp(t *testing.T) {
	s := mutantOf(t, "revoked-keys-accepted", "wrong-field-type", "403-for-401")
	if got := s.ask("GET", "/v3/webhook", "revoked", ""); got.Code != 200 || !strings.Contains(got.Body.String(), `"count":"0"`) {
		t.Errorf("answered %d %s", got.Code, got.Body)
	}
	if got := s.ask("GET", "/v3/webhook", "", ""); got.Code != 403 {
		t.Errorf("answered %d without keys", got.Code)
	}
}

// TestDefects_OfTheDescriptionAddUp: each takes its keyword away and leaves the others' taken.
func TestDefects_OfTheDescriptionAddUp(t *testing.T) {
	const hook = `{"transaction_data":{"mid":"700100200","name":"test","uri":"https://sink.example.test/q","event":"sale.unheard-of"}}`
	sale := `{"transaction_data":{"mid":"700100200","amount":"20.00","creditcard":"4571000000000001","cvv":"321","month":"09","year":"39","bzip":"97201","ipaddress":"` + strings.Repeat("1", 100) + `"}}`
	for _, tt := range []struct {
		claim      string
		defects    []string
		hook, sale int
	}{
		{"none", nil, 400, 400},
		{"one", []string{"enum-ignored"}, 201, 400},
		{"both", []string{"enum-ignored", "maximum-ignored"}, 201, 200},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			m := mutantOf(t, tt.defects...)
			if got := m.ask("POST", "/v3/webhook", "valid", hook); got.Code != tt.hook {
				t.Errorf("an event that does not exist is answered %d %s", got.Code, got.Body)
			}
			if got := m.ask("POST", "/v3/payment/sale/manual/", "valid", sale); got.Code != tt.sale {
				t.Errorf("a text that is too long is answered %d %s", got.Code, got.Body)
			}
		})
	}
}

// TestSettle_StaysSound: the environment is no part of what is judged.
func TestSettle_StaysSound(t *testing.T) {
	s := mutantOf(t, "always-500")
	if got := s.ask("POST", api.SettlePath, "", "{}"); got.Code != 400 {
		t.Errorf("settling is answered %d", got.Code)
	}
	if got := s.ask("GET", "/v3/webhook", "valid", ""); got.Code != 500 {
		t.Errorf("a request is answered %d", got.Code)
	}
}

// TestDefects_ShareNoMemory: what a defect keeps in mind is that of its own sandbox,
// however many have it at once.
func TestDefects_ShareNoMemory(t *testing.T) {
	one, other := mutantOf(t, "message-after-removal"), mutantOf(t, "message-after-removal")
	received := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { received <- r.URL.Path }))
	defer receiver.Close()
	register := func(m testMutant, path string) (id string) {
		t.Helper()
		got := m.ask("POST", "/v3/webhook", "valid", `{"transaction_data":{"mid":"700100200","name":"test","uri":"`+receiver.URL+path+`","event":"sale.approved"}}`)
		var answer struct{ ID string }
		if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || answer.ID == "" {
			t.Fatalf("answered %d %s", got.Code, got.Body)
		}
		return answer.ID
	}
	// sell makes a sale and returns the paths that its messages came to, one at least.
	sell := func(m testMutant, messages int) (paths []string) {
		t.Helper()
		if got := m.ask("POST", "/v3/payment/sale/manual/", "valid",
			`{"transaction_data":{"mid":"700100200","amount":"20.00","creditcard":"4571000000000001","cvv":"321","month":"09","year":"39","bzip":"97201"}}`); got.Code != 200 {
			t.Fatalf("answered %d %s", got.Code, got.Body)
		}
		for range messages {
			paths = append(paths, <-received)
		}
		slices.Sort(paths)
		return paths
	}
	removed := register(one, "/removed")
	if got := one.ask("DELETE", "/v3/webhook/"+removed, "valid", ""); got.Code != 200 {
		t.Fatalf("answered %d %s", got.Code, got.Body)
	}
	register(other, "/stays")
	register(one, "/stays")
	if got := sell(other, 1); !slices.Equal(got, []string{"/stays"}) {
		t.Errorf("another sandbox sent to %v", got)
	}
	if err := other.server.Close(); err != nil { // a message too many would have come by now
		t.Error(err)
	}
	if got := sell(one, 2); !slices.Equal(got, []string{"/removed", "/stays"}) {
		t.Errorf("the sandbox sent to %v", got)
	}
}
