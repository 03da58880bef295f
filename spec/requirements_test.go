package spec

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oneRequirement makes a list of one requirement, with lines replaced or, by a key not there, added.
func oneRequirement(changes ...string) []byte {
	fields := []string{"level: must", "chapter: statuses", "clause: {page: p, anchor: a, text: t}", "sentence: does", "operations: all", "check: schema"}
	for _, change := range changes {
		key, value, _ := strings.Cut(change, ":")
		fields = slices.DeleteFunc(fields, func(f string) bool { return strings.HasPrefix(f, key+":") })
		if value != " -" {
			fields = append(fields, change)
		}
	}
	return []byte("version: 1\nname: n\npages: {p: https://docs.example.test/p}\nprofiles: {core: c, ach: a}\nrequirements:\n  - id: R-1\n    " + strings.Join(fields, "\n    ") + "\n")
}

// titled is a list of one requirement, with titles for the chapters.
func titled(chapters string, changes ...string) []byte {
	return append([]byte("chapters: "+chapters+"\n"), oneRequirement(changes...)...)
}

func TestChapters_KeepTheirOrder(t *testing.T) {
	two := []byte("  - {id: R-2, level: must, chapter: first, clause: {page: p, text: t}, sentence: s, operations: all, check: schema}\n")
	for claim, tt := range map[string]struct {
		list []byte
		want string
	}{
		"that of the titles":               {append(titled("{z: The end, statuses: S, first: F}"), two...), "[{z The end} {statuses S} {first F}]"},
		"without titles, that of the list": {append(oneRequirement(), two...), "[{statuses statuses} {first first}]"},
	} {
		t.Run(claim, func(t *testing.T) {
			r, err := ParseRequirements(tt.list, "r.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(r.Chapters()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRequirementsAreChecked(t *testing.T) {
	whole := func(text string) []byte { return []byte(text) }
	status := func(expect string) []byte { return oneRequirement("check: status", "expect: "+expect) }
	for _, tt := range []struct {
		claim    string
		document []byte
		want     string // in the error; "" when it is accepted
	}{
		{"a plain requirement is fine", oneRequirement(), ""},
		{"a status with all its fields is fine", status("{statuses: [success, '404'], ending: refused, tolerated: [{status: 405, where: {/a: b}, why: w}]}"), ""},
		{"untested is fine", oneRequirement("operations: -", "check: -", "untested: why"), ""},
		{"a profile and a fault are fine", oneRequirement("profile: ach", "fault: F102"), ""},
		{"an unknown profile", oneRequirement("profile: cards"), `profile: "cards": must be one of ach, core`},
		{"a fault that is none", oneRequirement("fault: 102"), `fault: "102"`},
		{"empty", whole(""), "the file is empty; valid keys: version, name, pages, profiles, chapters, unbinding, documentation, requirements, notCovered"},
		{"no YAML", whole("{"), "r.yaml"},
		{"no version", whole("name: n\nrequirements: []\n"), "version: 0: must be 1"},
		{"another version", whole("version: 2\n"), "version: 2: must be 1"},
		{"no requirement", whole("version: 1\nrequirements: []\n"), "list is empty"},
		{"an unknown key at the top", whole("version: 1\nrequirement: []\n"), "line 2: unknown key requirement (did you mean requirements?); valid keys: version, name"},
		{"an unknown key of a requirement", oneRequirement("levle: must"), "line 13: requirements[0]: unknown key levle (did you mean level?); valid keys: id, level"},
		{"an unknown key of a clause", oneRequirement("clause: {page: p, text: t, sentnces: []}"), "requirements[0].clause: unknown key sentnces (did you mean sentences?); valid keys: page, anchor, text, sentences"},
		{"an unknown key of expect", status("{status: [200]}"), "requirements[0].expect: unknown key status (did you mean statuses?); valid keys: statuses, "},
		{"an unknown key of a tolerance", status("{statuses: [200], tolerated: [{status: 405, reason: w}]}"), "requirements[0].expect.tolerated[0]: unknown key reason; valid keys: name, status, where, why"},
		{"a statement that is not covered is fine", append(oneRequirement(), []byte("notCovered: {S01: nobody promises it}\n")...), ""},
		{"a statement not covered without a reason", append(oneRequirement(), []byte("notCovered: {S01: ''}\n")...), "notCovered: S01: the reason is missing"},
		{"a statement not covered and covered", append(oneRequirement("clause: {page: p, text: t, sentences: [S01]}"), []byte("notCovered: {S01: why}\n")...), "notCovered: S01: requirement R-1 is made of it"},
		{"a null requirement", whole("version: 1\nrequirements: [null]\n"), "no id"},
		{"no id", whole("version: 1\nrequirements: [{level: must}]\n"), "no id"},
		{"an id that is no label", whole("version: 1\nrequirements: [{id: R/1}]\n"), `"R/1"`},
		{"twins", append(oneRequirement(), []byte("  - {id: R-1}\n")...), "R-1: the id is used twice"},
		{"an unknown level", oneRequirement("level: shall"), `level: "shall": must be one of must, should, may`},
		{"no level", oneRequirement("level: -"), `level: ""`},
		{"a level in capitals", oneRequirement("level: MUST"), `level: "MUST"`},
		{"any chapter will do where none has a title", oneRequirement("chapter: misc"), ""},
		{"but it has a name", oneRequirement("chapter: -"), `chapter: ""`},
		{"of a label's characters", oneRequirement("chapter: a/b"), `chapter: "a/b"`},
		{"a chapter with a title", titled("{misc: M, statuses: S}", "chapter: misc"), ""},
		{"a chapter without one where others have it", titled("{statuses: S, outcomes: O}", "chapter: misc"), `chapter: "misc": must be one of those under chapters: statuses, outcomes`},
		{"a title that is blank", titled("{statuses: ' '}"), "chapters: statuses: the title is missing"},
		{"a title of no name", titled("{'': S}"), `chapters: ""`},
		{"two titles of one chapter", titled("{statuses: S, statuses: T}"), "statuses"},
		{"titles that are a list", titled("[statuses]"), "line 1"},
		{"no sentence", oneRequirement("sentence: -"), "sentence and clause.text"},
		{"no text of the clause", oneRequirement("clause: {page: p}"), "sentence and clause.text"},
		{"an unknown page", oneRequirement("clause: {page: q, text: t}"), `clause.page: "q"`},
		{"no operations", oneRequirement("operations: -"), "operations: must be all or a list"},
		{"an empty list of operations", oneRequirement("operations: []"), "operations: must be all or a list"},
		{"another word for operations", oneRequirement("operations: every"), `operations: "every": must be all or a list`},
		{"no check", oneRequirement("check: -"), "check: must be given, or the reason under untested"},
		{"untested with a check", oneRequirement("untested: why"), "untested excludes"},
		{"untested with operations", oneRequirement("untested: why", "check: -"), "untested excludes"},
		{"untested with cases", oneRequirement("untested: why", "check: -", "operations: -", "cases: [valid]"), "untested excludes"},
		{"an unknown answer", oneRequirement("answers: [succes]"), `answers: "succes"`},
		{"an answer that is no status", oneRequirement("answers: ['99']"), `answers: "99"`},
		{"status without expect", oneRequirement("check: status"), "expect must be given with check status"},
		{"expect without status", oneRequirement("expect: {statuses: [200]}"), "expect must be given with check status"},
		{"expect without statuses", status("{ending: success}"), "expect.statuses: must be given"},
		{"an expected status that is none", status("{statuses: ['6XX']}"), `expect.statuses: "6XX"`},
		{"an expected status out of range", status("{statuses: [600]}"), `expect.statuses: "600"`},
		{"an unknown ending", status("{statuses: [200], ending: declined}"), `expect.ending: "declined"`},
		{"the ending that none may expect", status("{statuses: [200], ending: unknown}"), `expect.ending: "unknown"`},
		{"a tolerance without its reason", status("{statuses: [200], tolerated: [{status: 405}]}"), "expect.tolerated: status 405"},
		{"a tolerance without a status", status("{statuses: [200], tolerated: [{why: w}]}"), "expect.tolerated: status 0"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			_, err := ParseRequirements(tt.document, "dir/r.yaml")
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "dir/r.yaml: ")):
				t.Errorf("%v, want dir/r.yaml and %q", err, tt.want)
			}
		})
	}
}

func TestRequirementErrorsNameTheLine(t *testing.T) {
	if _, err := ParseRequirements(oneRequirement("level: shall"), "r.yaml"); err == nil || !strings.Contains(err.Error(), "R-1 (line 6)") {
		t.Errorf("%v, want the line of the requirement", err)
	}
}

func TestLoadRequirements(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.yaml")
	if err := os.WriteFile(file, oneRequirement(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := LoadRequirements(file)
	if err != nil || r.File != "r.yaml" || !strings.HasPrefix(r.Digest, "sha256:") {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := LoadRequirements(file + "x"); err == nil {
		t.Error("a missing file is loaded")
	}
}

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		cases []string
		kind  string
		want  bool
	}{
		{nil, "valid.required", true},
		{[]string{"malformed"}, "malformed", true},
		{[]string{"malformed"}, "malformed.type", true},
		{[]string{"malformed"}, "malformedx", false},
		{[]string{"malformed.type"}, "malformed", false},
		{[]string{"malformed.type"}, "malformed.types", false},
		{[]string{"forbidden.merchant.other"}, "forbidden.merchant", false},
		{[]string{"valid", "outcome.internal"}, "outcome.internal", true},
	} {
		if got := (&Requirement{Cases: tt.cases}).Covers(tt.kind); got != tt.want {
			t.Errorf("%v covers %s: %v, want %v", tt.cases, tt.kind, got, tt.want)
		}
	}
}

func TestApplies(t *testing.T) {
	for _, tt := range []struct {
		answers []string
		status  int
		want    bool
	}{
		{nil, 302, true},
		{[]string{"success"}, 200, true}, {[]string{"success"}, 204, true}, {[]string{"success"}, 302, false}, {[]string{"success"}, 400, false},
		{[]string{"rejected"}, 400, true}, {[]string{"rejected"}, 503, true}, {[]string{"rejected"}, 399, false},
		{[]string{"404", "410"}, 410, true}, {[]string{"404"}, 410, false},
	} {
		if got := (&Requirement{Answers: tt.answers}).Applies(tt.status); got != tt.want {
			t.Errorf("%v applies to %d: %v, want %v", tt.answers, tt.status, got, tt.want)
		}
	}
}

func TestExpectFor(t *testing.T) {
	created := &Operation{Responses: []Response{{Key: "201"}, {Key: "400"}, {Key: "default"}}}
	for _, tt := range []struct {
		statuses []string
		want     string
	}{
		{[]string{"success"}, "[201]"},
		{[]string{"404", "400"}, "[400 404]"},
		{[]string{"success", "201", "200"}, "[200 201]"},
		{[]string{"documented-success"}, "[201]"},
		{[]string{"documented-4xx", "415"}, "[400 415]"},
		{[]string{"documented-not-found"}, "[404 410]"}, // by default
		{[]string{"2XX"}, "[200 201 202 203 204 205 206]"},
	} {
		if got := fmt.Sprint((&Expect{Statuses: tt.statuses}).For(created)); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.statuses, got, tt.want)
		}
	}
}

// A rejection for credentials or for the rate of requests is not one for a request.
func TestExpectFor_DocumentedRejections(t *testing.T) {
	o := &Operation{Responses: []Response{{Key: "204"}, {Key: "400"}, {Key: "401"}, {Key: "403"}, {Key: "429"}, {Key: "500"}}}
	for word, want := range map[string]string{"documented-4xx": "[400]", "documented-not-found": "[]"} {
		if got := fmt.Sprint((&Expect{Statuses: []string{word}}).For(o)); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
	o.Responses = []Response{{Key: "4XX"}}
	if got := (&Expect{Statuses: []string{"documented-4xx"}}).For(o); !slices.Contains(got, 422) || slices.Contains(got, 401) || slices.Contains(got, 500) {
		t.Errorf("4XX: %v", got)
	}
}

func TestOperationsHas(t *testing.T) {
	all, err := ParseRequirements(oneRequirement(), "r.yaml")
	if err != nil {
		t.Fatal(err)
	}
	some, err := ParseRequirements(oneRequirement("operations: [a, b]"), "r.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !all.List[0].Operations.Has("anything") || !some.List[0].Operations.Has("b") || some.List[0].Operations.Has("c") {
		t.Error("operations: all has all, a list has its own alone")
	}
}

func TestClauseLinks(t *testing.T) {
	r := &Requirements{Pages: map[string]string{"p": "https://docs.example.test/p", "none": ""}}
	for clause, want := range map[place]string{
		{"p", "a"}: "https://docs.example.test/p#a", {"p", ""}: "https://docs.example.test/p", {"none", "a"}: "", {"unknown", "a"}: "",
	} {
		if got := r.Link(Clause{Page: clause.page, Anchor: clause.anchor}); got != want {
			t.Errorf("%v: %q, want %q", clause, got, want)
		}
	}
}

type place struct{ page, anchor string }

func TestQorCommerceRequirementsCoverThePage(t *testing.T) {
	r, err := ParseRequirements(BuiltInRequirements(), "spec/requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := ours(t)
	named := map[string]bool{}
	for _, q := range r.List {
		for _, sentence := range q.Clause.Sentences {
			named[sentence] = true
		}
		for _, id := range q.Operations.IDs {
			if d.Operation(id) == nil {
				t.Errorf("%s: no operation %s", q.ID, id)
			}
		}
		if u, err := url.Parse(r.Link(q.Clause)); err != nil || u.Scheme != "https" || u.Host == "" || u.Path == "" {
			t.Errorf("%s: its clause has no link: %v", q.ID, err)
		}
		if q.Tested() && q.Profile == "" {
			t.Errorf("%s: no profile", q.ID)
		}
		for _, kind := range q.Cases {
			if q.Expect == nil || q.Expect.Ending != Succeeded || kind != "valid" {
				continue
			}
			for _, o := range d.Operations {
				if q.Operations.Has(o.ID) && len(q.Expect.For(o)) == 0 {
					t.Errorf("%s: %s documents no success", q.ID, o.ID)
				}
			}
		}
	}
	for id := range r.NotCovered {
		named[id] = true
	}
	for _, id := range statements() {
		if !named[id] {
			t.Errorf("no requirement names statement %s, and notCovered gives no reason", id)
		}
		delete(named, id)
	}
	if len(named) > 0 {
		t.Errorf("the pages have no statements %v", named)
	}
}

// statements lists the statements counted in the pages, by their ids.
func statements() []string {
	list := []string{"PCI-3.3", "PCI-3.4"} // of a public standard
	for _, page := range []struct {
		letter string
		last   int
	}{{"S", 39}, {"G", 12}, {"P", 8}, {"R", 34}} {
		for i := 1; i <= page.last; i++ {
			list = append(list, fmt.Sprintf("%s%02d", page.letter, i))
		}
	}
	return list
}
