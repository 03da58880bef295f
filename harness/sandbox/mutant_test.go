package sandbox

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qorcheck/spec"
)

func TestMutantsAreWellFormed(t *testing.T) {
	list, err := spec.ParseRequirements(spec.QorCommerceRequirements(), "requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	known := func(id string) bool {
		return slices.ContainsFunc(list.List, func(q *spec.Requirement) bool {
			prefix, open := strings.CutSuffix(id, "*")
			return q.ID == id || open && strings.HasPrefix(q.ID, prefix)
		})
	}
	var operations []string
	for _, op := range promised().description.operations {
		operations = append(operations, op.id)
	}
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, m := range Mutants() {
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
			if id != "" && id != Tolerated && !known(id) {
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

func TestFollows(t *testing.T) {
	for _, tt := range []struct {
		m           Mutant
		requirement string
		want        bool
	}{
		{Mutant{Requirement: "RH-403-6"}, "RH-403-6", true},
		{Mutant{Requirement: "RH-403-6"}, "RH-403-1", false},
		{Mutant{Requirement: "RH-403-6"}, "RH-NIL-2", true},
		{Mutant{Requirement: "RH-403-6", Also: also{"RH-403-1"}}, "RH-403-1", true},
		{Mutant{Requirement: "IDEM-1"}, "IDEM-4", true},
		{Mutant{Requirement: "IDEM-4"}, "IDEM-1", false},
		{Mutant{Requirement: "RH-403-6", Also: everything}, "RH-200-1", true},
		{Mutant{Requirement: Tolerated}, "RH-200-1", false},
	} {
		if got := tt.m.Follows(tt.requirement); got != tt.want {
			t.Errorf("%s of %v: %t, want %t", tt.requirement, tt.m, got, tt.want)
		}
	}
}

func TestEveryMutantPlants(t *testing.T) {
	for _, m := range Mutants() {
		s, err := New(Options{Defects: []string{m.Name}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

func TestUnknownDefect(t *testing.T) {
	_, err := New(Options{Defects: []string{"keyless-200", "keyless-201"}})
	if err == nil || !strings.Contains(err.Error(), `unknown defect "keyless-201"; allowed: `) || !strings.Contains(err.Error(), "keyless-200") {
		t.Errorf("%v, want the name and those that are allowed", err)
	}
}

// ask lets a broken sandbox answer: what it says is not held against the description.
func ask(t *testing.T, s *Sandbox, method, path, role, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if pair := s.fixtures.Credentials[role]; role != "" {
		r.Header.Set(appKeyHeader, pair.App)
		r.Header.Set(clientKeyHeader, pair.Client)
	}
	if body != "" {
		r.Header.Set("Content-Type", jsonType)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func brokenBy(t *testing.T, names ...string) *Sandbox {
	t.Helper()
	s, err := New(Options{Defects: names})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestDefectsAddUp: several defects work at once, each as it does alone.
func TestDefectsAddUp(t *testing.T) {
	s := brokenBy(t, "revoked-keys-accepted", "wrong-field-type", "403-for-401")
	if got := ask(t, s, "GET", "/v3/webhook", "revoked", ""); got.Code != 200 || !strings.Contains(got.Body.String(), `"count":"0"`) {
		t.Errorf("answered %d %s", got.Code, got.Body)
	}
	if got := ask(t, s, "GET", "/v3/webhook", "", ""); got.Code != 403 {
		t.Errorf("answered %d without keys", got.Code)
	}
}

// TestSettlingStaysSound: the environment is no part of what is judged.
func TestSettlingStaysSound(t *testing.T) {
	s := brokenBy(t, "always-500")
	if got := ask(t, s, "POST", settlePath, "", "{}"); got.Code != 400 {
		t.Errorf("settling is answered %d", got.Code)
	}
	if got := ask(t, s, "GET", "/v3/webhook", "valid", ""); got.Code != 500 {
		t.Errorf("a request is answered %d", got.Code)
	}
}

// TestDefectsRememberApart: what a defect keeps in mind is that of its own sandbox,
// however many have it at once.
func TestDefectsRememberApart(t *testing.T) {
	one, other := brokenBy(t, "message-after-removal"), brokenBy(t, "message-after-removal")
	hear := func(s *Sandbox, r *receiver) (id string) {
		t.Helper()
		got := ask(t, s, "POST", "/v3/webhook", "valid", string(encodeJSON(fields{"mid": main, "name": "test", "uri": r.url, "event": "sale.approved"}.wrapped())))
		var answer struct{ ID string }
		if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || answer.ID == "" {
			t.Fatalf("answered %d %s", got.Code, got.Body)
		}
		return answer.ID
	}
	sell := func(s *Sandbox) {
		t.Helper()
		if got := ask(t, s, "POST", "/v3/payment/sale/manual/", "valid", string(encodeJSON(payment().wrapped()))); got.Code != 200 {
			t.Fatalf("answered %d %s", got.Code, got.Body)
		}
	}
	removed, stays := newReceiver(t), newReceiver(t)
	if got := ask(t, one, "DELETE", "/v3/webhook/"+hear(one, removed), "valid", ""); got.Code != 200 {
		t.Fatalf("answered %d %s", got.Code, got.Body)
	}
	hear(other, stays)
	sell(other)
	other.courier.close()
	if got := removed.so(); len(got) > 0 {
		t.Errorf("another sandbox told it %v", got)
	}
	hear(one, stays)
	sell(one)
	removed.wait(1)
}
