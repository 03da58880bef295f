package cli

import (
	_ "embed"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
//
//go:embed testdata/pebble/description.yaml
var tinyDescription string

//go:embed testdata/pebble/requirements.yaml
var tinyRequirements string

//go:embed testdata/pebble/fixtures.yaml
var tinyFixtures string

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
	c := certified{code: document.ExitCode, why: document.Verdict, money: fmt.Sprint(planner.Volume(p).Money)}
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

// TestTinyAPI_EveryNameCounts renames each name and each word in the tiny
// API's x-conformance, one at a time: with any of them wrong, it is certified no
// more. What is only announced or shown, money and names of variables, is
// announced or shown otherwise.
func TestTinyAPI_EveryNameCounts(t *testing.T) {
	right := certifyTiny(t, tinyDescription)
	if right.code != 0 || right.variables != "LABEL LABEL_P1 ONCE ONCE_P1" || !strings.HasPrefix(right.money, "[{EUR ") {
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

// TestTinyAPI_Curl: what fails of another API can be sent again, with its own names.
func TestTinyAPI_Curl(t *testing.T) {
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
