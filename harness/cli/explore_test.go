package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

const memoDescription = `openapi: 3.0.3
info: {title: Notes, version: "1"}
components:
  schemas:
    Note:
      type: object
      required: [subject]
      properties:
        subject: {type: string, maxLength: 40}
        text: {type: string, maxLength: 60}
        color: {enum: [red, green, blue]}
        size: {type: integer, minimum: 1, maximum: 20}
        place: {type: object, properties: {street: {type: string, maxLength: 30}, city: {type: string, maxLength: 30}}}
        tags: {type: array, maxItems: 30, items: {type: string, maxLength: 12}}
    Made: {type: object, required: [id], properties: {id: {type: string}}}
  responses:
    Bad: {description: d, content: {application/json: {schema: {type: object}}}}
paths:
  /notes:
    post:
      operationId: make
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Made'}}}, links: {read: {operationId: read, parameters: {id: '$response.body#/id'}}, replace: {operationId: replace, parameters: {id: '$response.body#/id'}}}}
        '400': {$ref: '#/components/responses/Bad'}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: read
      parameters: [{name: fields, in: query, schema: {type: string, maxLength: 20}}, {name: deep, in: query, schema: {type: boolean}}]
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Made'}}}}, '400': {$ref: '#/components/responses/Bad'}}
    put:
      operationId: replace
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Made'}}}}, '400': {$ref: '#/components/responses/Bad'}}
`

const memoRequirements = `version: 1
pages: {p: ''}
requirements:
  - {id: N-1, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: answers correct requests, operations: all, cases: [valid], check: status, expect: {statuses: [success]}}
  - {id: N-2, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: refuses wrong requests, operations: all, cases: [malformed], check: status, expect: {statuses: [400]}}
`

// memo is the body of a request of the API of notes.
type memo struct {
	Subject, Text, Color *string
	Size                 *int
	Place                *struct{ Street, City *string }
	Tags                 []string
}

// hiddenDefect is a fault that no systematic case shows.
type hiddenDefect struct {
	claim  string
	breaks func(n memo, step int, query url.Values) bool // answers a correct request with 500
	takes  func(n memo) bool                             // takes a wrong color
	most   int                                           // optional places and steps that are left
	needs  []string                                      // what is left must hold these
}

func long(text *string, length int) bool {
	return text != nil && utf8.RuneCountInString(*text) == length
}

func scripted(text *string, table *unicode.RangeTable) bool {
	return text != nil && strings.ContainsFunc(*text, func(c rune) bool { return unicode.Is(table, c) })
}

var hiddenDefects = []hiddenDefect{
	{claim: "two optional fields together", most: 2, needs: []string{`"color"`, `"text"`}, breaks: func(n memo, _ int, _ url.Values) bool { return n.Text != nil && n.Color != nil && n.Size == nil }},
	{claim: "a length of 17", most: 1, breaks: func(n memo, _ int, _ url.Values) bool { return long(n.Subject, 17) }},
	{claim: "a length of 23 of an optional field", most: 1, needs: []string{`"text"`}, breaks: func(n memo, _ int, _ url.Values) bool { return long(n.Text, 23) }},
	{claim: "the third step of a sequence", most: 2, breaks: func(_ memo, step int, _ url.Values) bool { return step == 3 }},
	{claim: "a script", most: 1, breaks: func(n memo, _ int, _ url.Values) bool { return scripted(n.Subject, unicode.Greek) }},
	{claim: "a script within an object", most: 2, needs: []string{`"city"`}, breaks: func(n memo, _ int, _ url.Values) bool { return n.Place != nil && scripted(n.Place.City, unicode.Han) }},
	{claim: "a larger list", most: 11, needs: []string{`"tags"`}, breaks: func(n memo, _ int, _ url.Values) bool { return len(n.Tags) > 9 && len(n.Tags) < 30 }},
	{claim: "two parameters of the query", most: 2, breaks: func(_ memo, _ int, q url.Values) bool { return q.Has("fields") && q.Get("deep") == "false" }},
	{claim: "a fault beside another field", most: 2, needs: []string{`"size"`}, takes: func(n memo) bool { return n.Size != nil }},
}

// memoServer serves the API of notes, with one defect or none.
func memoServer(defect hiddenDefect) http.Handler {
	var mu sync.Mutex
	steps := map[string]int{} // requests about each note
	answer := func(w http.ResponseWriter, status int, id string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"id": %q}`, id)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		id, about := strings.CutPrefix(r.URL.Path, "/notes/")
		if about && steps[id] == 0 {
			answer(w, http.StatusNotFound, id)
			return
		}
		if !about {
			id = fmt.Sprintf("n-%d", len(steps)+1)
		}
		var n memo
		status := http.StatusOK
		if r.Method != http.MethodGet {
			d := json.NewDecoder(r.Body)
			wrong := d.Decode(&n) != nil || d.More() || r.Header.Get("Content-Type") != "application/json"
			wrong = wrong || n.Subject == nil || strings.TrimSpace(*n.Subject) == "" || utf8.RuneCountInString(*n.Subject) > 40 || n.Size != nil && (*n.Size < 1 || *n.Size > 20)
			wrong = wrong || n.Text != nil && utf8.RuneCountInString(*n.Text) > 60 || len(n.Tags) > 30
			if n.Color != nil && !slices.Contains([]string{"red", "green", "blue"}, *n.Color) && (defect.takes == nil || !defect.takes(n)) {
				wrong = true
			}
			if wrong {
				answer(w, http.StatusBadRequest, "")
				return
			}
			if r.Method == http.MethodPost {
				status = http.StatusCreated
			}
		} else if len(r.URL.Query().Get("fields")) > 200 {
			status = http.StatusBadRequest
		}
		steps[id]++
		if defect.breaks != nil && defect.breaks(n, steps[id], r.URL.Query()) {
			status = http.StatusInternalServerError
		}
		answer(w, status, id)
	})
}

// memoPlan plans the API of notes with an exploration.
func memoPlan(t *testing.T, seed uint64, explore int) (*plan.Plan, *settings.Fixtures) {
	t.Helper()
	d := must(spec.Parse([]byte(memoDescription), "notes.yaml"))(t)
	r := must(spec.ParseRequirements([]byte(memoRequirements), "list.yaml"))(t)
	f := must(settings.ParseFixtures([]byte("hosts: []\nwrites: ['*']"), "f.yaml", nil))(t)
	p := must(planner.NewPart(d, r, f, seed, planner.Part{Explore: explore}))(t)
	p.Cases = slices.DeleteFunc(p.Cases, func(c *plan.Case) bool { return c.Fault != nil && c.Fault.Pointer != "/color" }) // the server checks no more
	for _, o := range p.Obligations {
		o.Cases = slices.DeleteFunc(o.Cases, func(id string) bool {
			return !slices.ContainsFunc(p.Cases, func(c *plan.Case) bool { return c.ID == id })
		})
	}
	p.Seal()
	return p, f
}

// memoRun certifies the API of notes with an exploration.
func memoRun(t *testing.T, defect hiddenDefect, seed uint64, explore int) (*run.Document, []run.Shrunk) {
	t.Helper()
	p, f := memoPlan(t, seed, explore)
	return memoSend(t, defect, p, run.Options{Settings: settings.Settings{Fixtures: f, RunID: "notes"}})
}

// memoSend sends a plan of it.
func memoSend(t *testing.T, defect hiddenDefect, p *plan.Plan, o run.Options) (*run.Document, []run.Shrunk) {
	t.Helper()
	s := &o.Settings
	s.Target, s.Concurrency, s.Timeout = must(url.Parse(serve(t, memoServer(defect))))(t), 8, 30*time.Second
	s.BodyLimit, s.HeaderLimit = settings.DefaultBodyLimit, settings.DefaultHeaderLimit
	client := exchange.New(*s, p.Description)
	defer client.Close()
	started := run.Start(t.Context(), p, client, o)
	document := must(started.Wait())(t)
	return document, started.Shrunk()
}

// needed lists what each finding about an operation cannot be without.
func needed(found []run.Shrunk, operation string) (list []string) {
	for _, s := range found {
		if s.Of.Operation == operation {
			list = append(list, s.Of.ID+" "+fmt.Sprint(s.Needed))
		}
	}
	return list
}

// TestExplore_TwoWays: two defects that are answered alike are both found, also where the
// first one was made simpler already.
func TestExplore_TwoWays(t *testing.T) {
	both := hiddenDefect{breaks: func(n memo, _ int, _ url.Values) bool { return long(n.Text, 23) || len(n.Tags) > 9 && len(n.Tags) < 30 }}
	_, found := memoRun(t, both, 1, explored)
	list := needed(found, "make")
	for _, place := range []string{"/text", "/tags"} {
		if !slices.ContainsFunc(list, func(one string) bool { return strings.Contains(one, place) }) {
			t.Errorf("none is about %s: %q", place, list)
		}
	}
}

// TestExplore_Resumed: what was found before a run was killed is made simpler when it is
// resumed, and what was simpler by then is entered once.
func TestExplore_Resumed(t *testing.T) {
	p, f := memoPlan(t, 1, 24)
	var journal bytes.Buffer
	defect := hiddenDefects[0]
	_, before := memoSend(t, defect, p, run.Options{Journal: &journal, Settings: settings.Settings{Fixtures: f, RunID: "notes"}})
	lines := strings.SplitAfter(journal.String(), "\n")
	first := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, `"shrunk":true`) })
	if len(before) == 0 || first < 0 {
		t.Fatalf("%d findings, the first one in line %d", len(before), first)
	}
	for _, kept := range []int{first, first + 1} {
		rest := strings.Join(lines[:kept], "")
		var more bytes.Buffer
		earlier := must(run.Replay(strings.NewReader(rest)))(t)
		d, after := memoSend(t, defect, p, run.Options{Earlier: earlier, Journal: &more, Settings: settings.Settings{Fixtures: f, RunID: "again"}})
		if got, want := needed(after, "make"), needed(before, "make"); !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("after %d lines: %q, want %q", kept, got, want)
		}
		again := must(must(run.Replay(strings.NewReader(rest + more.String())))(t).Document())(t)
		if again.Cases != d.Cases || again.CaseCounts != d.CaseCounts {
			t.Errorf("the journal has %d cases, the run has %d", again.Cases, d.Cases)
		}
	}
}

// explored is how many requests of each operation show each hidden defect.
const explored = 72

// TestExplore_HiddenDefects: what no systematic case shows is found by an exploration, and
// what is reported has few fields and steps.
func TestExplore_HiddenDefects(t *testing.T) {
	t.Parallel()
	if d, _ := memoRun(t, hiddenDefect{}, 1, explored); d.ExitCode == run.ExitFail {
		t.Fatalf("a sound server: %s", d.Verdict)
	}
	for _, defect := range hiddenDefects {
		t.Run(defect.claim, func(t *testing.T) {
			t.Parallel()
			if d, _ := memoRun(t, defect, 1, 0); d.ExitCode == run.ExitFail {
				t.Fatalf("a systematic case shows it: %s", d.Causes[0].Shown[0].ID)
			}
			d, found := memoRun(t, defect, 1, explored)
			if len(found) == 0 {
				t.Fatalf("it is not found: %s", d.Verdict)
			}
			for _, s := range found {
				left := leftIn(t, s.Case)
				t.Log(s.Of.ID, s.Case.Why, s.Case.Act.Request.Body)
				if left > defect.most {
					t.Errorf("%d places and steps are left: %s", left, s.Case.Why)
				}
				for _, need := range defect.needs {
					if !strings.Contains(string(s.Case.Act.Request.Body), need) {
						t.Errorf("%s is not left: %s", need, s.Case.Act.Request.Body)
					}
				}
			}
			if first := d.Causes[0].Shown[0]; len(found[0].Edits) > 0 && !first.Shrunk {
				t.Errorf("the report shows %s first", first.ID)
			}
		})
	}
}

// leftIn counts the optional places of a case and its steps before the act.
func leftIn(t *testing.T, c *plan.Case) int {
	t.Helper()
	var count func(value any) int
	count = func(value any) (n int) {
		switch v := value.(type) {
		case map[string]any:
			for _, inner := range v {
				n += 1 + count(inner)
			}
		case []any:
			n = len(v)
		}
		return n
	}
	n := len(c.Prepare) + len(c.Act.Request.Query)
	if c.Act.Request.HasBody {
		var body any
		if err := json.Unmarshal([]byte(c.Act.Request.Body), &body); err != nil {
			t.Fatal(err)
		}
		n += count(body) - 1 // the mandatory one
	}
	if c.Operation != "make" {
		n-- // the step that makes the note
	}
	return n
}

// TestExplore_CaseFile: a finding is written as a file that --case repeats.
func TestExplore_CaseFile(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"notes.yaml": memoDescription, "list.yaml": memoRequirements, "f.yaml": "hosts: []\nwrites: ['*']\ncannot: { N-2: the server checks little }\n"})
	target := serve(t, memoServer(hiddenDefects[0]))
	files := []string{"--spec", "notes.yaml", "--requirements", "list.yaml", "--fixtures", "f.yaml", "--target", target}
	_, stderr, code := commandIn(t, dir, nil, append([]string{"run", "--explore", "24"}, files...)...)
	_, file, found := strings.Cut(stderr, "qorcheck run --case ")
	if code != run.ExitFail || !found {
		t.Fatalf("exit code %d:\n%s", code, stderr)
	}
	file = strings.TrimSpace(strings.SplitN(file, "\n", 2)[0])
	stdout, stderr, code := commandIn(t, dir, nil, append([]string{"run", "--case", file, "--out", "again"}, files...)...)
	if code != run.ExitFail || !strings.Contains(stdout+stderr, "1/1 cases") {
		t.Errorf("repeated: exit code %d:\n%s%s", code, stdout, stderr)
	}
	if strings.Contains(stderr, "qorcheck run --case") {
		t.Errorf("repeated: a case is made simpler that is as simple as can be:\n%s", stderr)
	}
	for flag, value := range map[string]string{"seed": "2", "explore": "25"} {
		_, stderr, code := commandIn(t, dir, nil, append([]string{"run", "--case", file, "--" + flag, value}, files...)...)
		if code != run.ExitUsage || !strings.Contains(stderr, "omit --"+flag) {
			t.Errorf("--%s %s: exit code %d:\n%s", flag, value, code, stderr)
		}
	}
	if _, stderr, code := commandIn(t, dir, nil, append([]string{"plan", "--case", file, "--seed", "1", "--explore", "24"}, files...)...); code != 0 {
		t.Errorf("the seed and number of the file: exit code %d:\n%s", code, stderr)
	}
	if got := readFile(t, filepath.Join(dir, "again", "cases.ndjson")); !strings.Contains(got, ".shrunk-") {
		t.Errorf("the journal of the repeated case is %s", got)
	}
	writeFiles(t, dir, map[string]string{"wrong.json": `{"case": "make.valid", "secret": 1}`, "notes.yaml": strings.Replace(memoDescription, "Notes", "Others", 1)})
	if _, stderr, code = commandIn(t, dir, nil, append([]string{"run", "--case", file}, files...)...); code != run.ExitUsage || !strings.Contains(stderr, "another description") {
		t.Errorf("another description: exit code %d:\n%s", code, stderr)
	}
	if _, stderr, code = commandIn(t, dir, nil, append([]string{"run", "--case", "wrong.json"}, files...)...); code != run.ExitUsage || !strings.Contains(stderr, "it is no file that --explore wrote") {
		t.Errorf("a wrong file: exit code %d:\n%s", code, stderr)
	}
}
