package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Pebble Transfer is a second API that has nothing in common with the first but
// that it moves money: a bearer token, other statuses, other fields, other words
// of outcome, another error body, another id.
const tinyDescription = `
openapi: 3.0.3
info: { title: Pebble Transfer, version: "7" }
servers: [ { url: "https://pebble.example.test/api" } ]
security: [ { Passport: [] } ]
x-conformance:
  outcome:
    - field: /verdict
      ignoreCase: true
      success: [settled]
      refused: [turned-down]
      error: [jammed]
      reason: /because
      otherwise: absent
  error:
    required: [/fault/kind, /fault/text]
    fixed: { /fault/class: fault }
  unique:
    - { field: /label, name: LABEL }
  idempotency: { header: Once-Only, name: ONCE }
  readBack:
    - by: LABEL
      operation: findTransfers
      parameter: label
      query: { scope: everything }
      rows: /found
      field: /label
  amounts: { fields: [/sum], currency: EUR }
  merchant: { field: /shop }
paths:
  /transfers:
    post:
      operationId: makeTransfer
      parameters:
        - { name: Once-Only, in: header, required: true, schema: { type: string, example: once-1 } }
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [shop, sum, purse, label]
              properties:
                shop: { type: string, pattern: '^[a-z]+$', example: north }
                sum: { type: string, pattern: '^[0-9]+\.[0-9]{2}$', example: "2.50" }
                purse: { type: string, maxLength: 20, example: purse-example }
                label: { type: string, maxLength: 40, example: label-1 }
                note: { type: string, maxLength: 12, example: hello }
      responses:
        "202":
          description: Taken and decided.
          content:
            application/json:
              schema:
                type: object
                required: [number, verdict]
                properties:
                  number: { type: string }
                  verdict: { type: string, enum: [SETTLED, TURNED-DOWN, JAMMED] }
                  because: { type: string }
          links:
            read: { operationId: readTransfer, parameters: { number: $response.body#/number } }
        "401": { $ref: "#/components/responses/Fault" }
        "403": { $ref: "#/components/responses/Fault" }
        "410": { $ref: "#/components/responses/Fault" }
        "422": { $ref: "#/components/responses/Fault" }
        "500": { $ref: "#/components/responses/Fault" }
    get:
      operationId: findTransfers
      parameters:
        - { name: label, in: query, schema: { type: string } }
        - { name: scope, in: query, schema: { type: string, enum: [recent, everything] } }
      responses:
        "200":
          description: What was found.
          content:
            application/json:
              schema:
                type: object
                required: [found]
                properties:
                  found:
                    type: array
                    items:
                      type: object
                      required: [number, label]
                      properties: { number: { type: string }, label: { type: string } }
        "401": { $ref: "#/components/responses/Fault" }
        "403": { $ref: "#/components/responses/Fault" }
        "410": { $ref: "#/components/responses/Fault" }
        "422": { $ref: "#/components/responses/Fault" }
  /transfers/{number}:
    get:
      operationId: readTransfer
      parameters:
        - { name: number, in: path, required: true, schema: { type: string } }
      responses:
        "200":
          description: The transfer.
          content:
            application/json:
              schema:
                type: object
                required: [number, verdict]
                properties:
                  number: { type: string }
                  verdict: { type: string }
        "401": { $ref: "#/components/responses/Fault" }
        "403": { $ref: "#/components/responses/Fault" }
        "410": { $ref: "#/components/responses/Fault" }
components:
  securitySchemes:
    Passport: { type: http, scheme: bearer }
  responses:
    Fault:
      description: It was not taken.
      content: { application/json: { schema: { type: object } } }
`

const tinyRequirements = `
version: 1
name: Pebble Transfer handbook
pages: { book: https://pebble.example.test/book }
requirements:
  - { id: P-OK, level: must, chapter: statuses, clause: { page: book, text: Good requests are carried out. }, sentence: carries out a good request,
      operations: all, cases: [valid], check: status, expect: { statuses: [success], ending: success } }
  - { id: P-DOWN, level: must, chapter: outcomes, clause: { page: book, text: An empty purse is turned down. }, sentence: turns down an empty purse,
      operations: [makeTransfer], cases: [outcome.refused], check: status, expect: { statuses: ["202"], ending: refused } }
  - { id: P-JAM, level: must, chapter: outcomes, clause: { page: book, text: A transfer may jam. }, sentence: tells a jam,
      operations: [makeTransfer], cases: [outcome.error], check: status, expect: { statuses: ["202"], ending: error } }
  - { id: P-500, level: must, chapter: statuses, clause: { page: book, text: We may fail. }, sentence: answers 500 when it fails,
      operations: [makeTransfer], cases: [outcome.internal], check: status, expect: { statuses: ["500"] } }
  - { id: P-401, level: must, chapter: statuses, clause: { page: book, text: A passport is needed. }, sentence: answers 401 without a passport,
      operations: all, cases: [unauthenticated], check: status, expect: { statuses: ["401"] } }
  - { id: P-403-1, level: must, chapter: statuses, clause: { page: book, text: It has to be a good one. }, sentence: answers 403 to a bad passport,
      operations: all, cases: [forbidden.unknown, forbidden.revoked, forbidden.rights], check: status, expect: { statuses: ["403"] } }
  - { id: P-403-2, level: must, chapter: statuses, clause: { page: book, text: Shops are apart. }, sentence: answers 403 in another shop's name,
      operations: [makeTransfer], cases: [forbidden.merchant.branch], check: status, expect: { statuses: ["403"] } }
  - { id: P-410-1, level: must, chapter: statuses, clause: { page: book, text: What is not there is gone. }, sentence: answers 410 where nothing is,
      operations: all, cases: [not-found.path, not-found.method], check: status, expect: { statuses: ["410"] } }
  - { id: P-410-2, level: must, chapter: statuses, clause: { page: book, text: What is not there is gone. }, sentence: answers 410 to an unknown number,
      operations: [readTransfer], cases: [not-found.id], check: status, expect: { statuses: ["410"] } }
  - { id: P-422, level: must, chapter: statuses, clause: { page: book, text: What cannot be read is refused. }, sentence: answers 422 to what is malformed,
      operations: [makeTransfer, findTransfers], cases: [malformed.syntax, malformed.empty, malformed.media-type, malformed.missing, malformed.blank,
      malformed.type, malformed.enum, malformed.pattern, malformed.length], check: status, expect: { statuses: ["422"] } }
  - { id: P-ANY, level: must, chapter: statuses, clause: { page: book, text: There are six statuses. }, sentence: answers with documented statuses,
      operations: all, check: documented-status }
  - { id: P-JSON, level: must, chapter: statuses, clause: { page: book, text: We speak JSON. }, sentence: answers JSON,
      operations: all, check: media-type }
  - { id: P-BODY, level: must, chapter: statuses, clause: { page: book, text: Answers are as shown. }, sentence: answers with the documented body,
      operations: all, answers: [success], check: schema }
  - { id: P-WHY, level: must, chapter: outcomes, clause: { page: book, text: We say why. }, sentence: says why it turned down or jammed,
      operations: [makeTransfer], answers: [success], check: reason }
  - { id: P-NOWHY, level: must, chapter: outcomes, clause: { page: book, text: We say why. }, sentence: gives no reason when it settled,
      operations: [makeTransfer, readTransfer], answers: [success], check: no-reason }
  - { id: P-NOFIELD, level: should, chapter: outcomes, clause: { page: book, text: We say why. }, sentence: leaves the reason out when it settled,
      operations: [makeTransfer, readTransfer], answers: [success], check: no-reason-field }
  - { id: P-ERR, level: must, chapter: rejections, clause: { page: book, text: Faults have a kind and a text. }, sentence: tells the fault,
      operations: all, answers: [rejected], check: error-body }
  - { id: P-NIL, level: must, chapter: rejections, clause: { page: book, text: What was not taken is not there. }, sentence: keeps nothing that it rejected,
      operations: [makeTransfer], cases: [valid, malformed, unauthenticated, forbidden, outcome.internal], check: no-trace }
`

const tinyFixtures = `
credentials:
  valid:     { Passport: "pebble-good-7f3a9c21" }
  revoked:   { Passport: "pebble-gone-19be04d7" }
  no_rights: { Passport: "pebble-weak-c0ffee55" }
merchants: { main: "north", branch: "south" }
triggers:
  purse:
    approved: { purse: "purse-full-1" }
    refused: [ { purse: "purse-empty-1" }, { purse: "purse-empty-2" } ]
    error: { purse: "purse-stuck-1" }
    internal: { purse: "purse-burnt-1" }
`

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

// TestTinyAPI certifies another API by its own files alone, through the command.
func TestTinyAPI(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"api.yaml": tinyDescription, "handbook.yaml": tinyRequirements, "pebble.yaml": tinyFixtures})
	files := []string{"--spec", "api.yaml", "--requirements", "handbook.yaml", "--fixtures", "pebble.yaml", "--target", serve(t, newTinyServer()) + "/api"}
	stdout, stderr, code := commandIn(t, dir, []string{itself}, append([]string{"run", "--strict"}, files...)...)
	if code != 0 {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	d := readDocument(t, filepath.Join(dir, "out"))
	for _, o := range d.Obligations {
		if o.Outcome != verdict.Pass || o.Exercised == 0 {
			t.Errorf("%s is %s: %s", o.ID, o.Outcome, d.Result(o).Explain())
		}
	}
	if want := 8*3 + 2*3 + 7; d.Planned != want { // requirements on all three operations, on two, on one
		t.Errorf("%d obligations, want %d", d.Planned, want)
	}
	if d.API != "Pebble Transfer 7" || d.Name != "Pebble Transfer handbook" {
		t.Errorf("the report is of %s, %s", d.API, d.Name)
	}
	for _, name := range []string{"QorCommerce", "transaction_data", "Qor-"} {
		for _, file := range []string{"run.json", "report.html", "TEST-conformance.xml", "cases.ndjson"} {
			if strings.Contains(readFile(t, filepath.Join(dir, "out", file)), name) {
				t.Errorf("%s names %s", file, name)
			}
		}
	}
	stdout, stderr, code = commandIn(t, dir, nil, append([]string{"plan"}, files...)...)
	if code != 0 || !strings.Contains(stdout, " EUR in ") {
		t.Errorf("exit code %d, plan:\n%s%s", code, stdout, stderr)
	}
}

// certified is what can be seen of a certification of the tiny API.
type certified struct {
	code      int
	why       string
	money     string // what the plan announces
	variables string // unique values by the names that curl lines show
}

// certifyTiny certifies a fresh tiny API by a description, in this process; what
// the command would refuse has exit code 2.
func certifyTiny(t *testing.T, description string) certified {
	t.Helper()
	refused := func(err error) certified { return certified{code: run.ExitUsage, why: err.Error()} }
	d, err := spec.Parse([]byte(description), "api.yaml")
	if err != nil {
		return refused(err)
	}
	r, err := spec.ParseRequirements([]byte(tinyRequirements), "handbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := settings.ParseFixtures([]byte(tinyFixtures), "pebble.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.New(d, r, f, 1)
	if err != nil {
		return refused(err)
	}
	target := must(url.Parse(serve(t, newTinyServer()) + "/api"))(t)
	s := settings.Settings{
		Target: target, Fixtures: f, Concurrency: 8, Timeout: 30 * time.Second, BodyLimit: settings.DefaultBodyLimit, HeaderLimit: settings.DefaultHeaderLimit, RunID: "tiny",
	}
	client := exchange.New(s, d)
	defer client.Close()
	document, err := run.Start(t.Context(), p, client, run.Options{Settings: s}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	c := certified{code: document.ExitCode, why: document.Verdict, money: planner.Volume(p).Money + " " + planner.Volume(p).Currency}
	names := map[string]bool{}
	for _, planned := range p.Cases {
		for _, step := range planned.Steps() {
			templates := []plan.Template{step.Request.Path, step.Request.Body}
			for _, field := range append(slices.Clone(step.Request.Header), step.Request.Query...) {
				templates = append(templates, field.Value)
			}
			for _, template := range templates {
				for _, placeholder := range template.Placeholders() {
					if placeholder.Source == plan.FromRun {
						names[placeholder.Variable()] = true
					}
				}
			}
		}
	}
	c.variables = strings.Join(slices.Sorted(maps.Keys(names)), " ")
	return c
}

// TestEveryNameOfTheTinyAPICounts renames each name and each word in the tiny
// API's x-conformance, one at a time: with any of them wrong, it is certified no
// more. What is only announced or shown, money and names of variables, is
// announced or shown otherwise.
func TestEveryNameOfTheTinyAPICounts(t *testing.T) {
	right := certifyTiny(t, tinyDescription)
	if right.code != 0 || right.variables != "LABEL LABEL_P1 ONCE ONCE_P1" || !strings.HasSuffix(right.money, " EUR") || right.money == "0.00 EUR" {
		t.Fatalf("as it is: %+v", right)
	}
	onlyShown := map[string]bool{
		"value of /idempotency/name": true, "value of /amounts/currency": true,
	}
	for _, r := range renamings(t) {
		t.Run(r.what, func(t *testing.T) {
			t.Parallel()
			got := certifyTiny(t, r.description)
			switch {
			case got.code != 0:
			case got.money != right.money || got.variables != right.variables:
				if !onlyShown[r.what] {
					t.Errorf("only what is announced changes, from %+v to %+v", right, got)
				}
			default:
				t.Errorf("nothing notices it: %+v", got)
			}
		})
	}
}

// renaming is the tiny description with one name of its x-conformance changed.
type renaming struct{ what, description string }

func renamings(t *testing.T) []renaming {
	t.Helper()
	parse := func() (document, block *yaml.Node) {
		document = &yaml.Node{}
		if err := yaml.Unmarshal([]byte(tinyDescription), document); err != nil {
			t.Fatal(err)
		}
		top := document.Content[0].Content
		for i := 0; i < len(top); i += 2 {
			if top[i].Value == "x-conformance" {
				return document, top[i+1]
			}
		}
		t.Fatal("the description has no x-conformance")
		return nil, nil
	}
	// walk visits each key and each leaf, by the place where it stands.
	var walk func(node *yaml.Node, at string, visit func(what string, node *yaml.Node))
	walk = func(node *yaml.Node, at string, visit func(what string, node *yaml.Node)) {
		switch node.Kind {
		case yaml.MappingNode:
			for i := 0; i < len(node.Content); i += 2 {
				key := at + spec.Pointer(node.Content[i].Value)
				visit("key "+key, node.Content[i])
				walk(node.Content[i+1], key, visit)
			}
		case yaml.SequenceNode:
			for i, inner := range node.Content {
				walk(inner, fmt.Sprintf("%s/%d", at, i), visit)
			}
		default:
			visit("value of "+at, node)
		}
	}
	var places []string
	_, block := parse()
	walk(block, "", func(what string, _ *yaml.Node) { places = append(places, what) })
	if len(places) < 45 {
		t.Fatalf("%d names found, too few: %v", len(places), places)
	}
	var list []renaming
	for _, place := range places {
		document, block := parse()
		walk(block, "", func(what string, node *yaml.Node) {
			if what != place {
				return
			}
			switch node.Value {
			case "true":
				node.Value = "false"
			case "absent":
				node.Value = "allowed"
			default:
				node.Value += "X"
			}
		})
		text, err := yaml.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, renaming{place, string(text)})
	}
	return list
}

// TestTinyAPICurl: what fails of another API can be sent again, with its own names.
func TestTinyAPICurl(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"api.yaml": tinyDescription, "handbook.yaml": tinyRequirements, "pebble.yaml": tinyFixtures})
	inner := newTinyServer()
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readAll(r)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		a := answerOf(inner, r, body)
		if r.Method == http.MethodPost {
			a.header.Set("Content-Type", "text/plain")
		}
		a.send(w)
	})) + "/api"
	if _, stderr, code := commandIn(t, dir, nil, "run", "--spec", "api.yaml", "--requirements", "handbook.yaml", "--fixtures", "pebble.yaml", "--target", target); code != run.ExitFail {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	journal := readFile(t, filepath.Join(dir, "out", "cases.ndjson"))
	for _, word := range []string{"'Authorization: Bearer '", "$PASSPORT", "$LABEL", "'Once-Only: '", "$ONCE", "$PURSE_REFUSED_1_PURSE"} {
		if !strings.Contains(journal, word) {
			t.Errorf("no curl line has %s", word)
		}
	}
}
