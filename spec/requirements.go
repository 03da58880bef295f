package spec

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed requirements.yaml
var builtInRequirements []byte

// BuiltInRequirements returns the requirement list that is used where none is given: that of
// the QorCommerce API, in YAML.
func BuiltInRequirements() []byte { return append([]byte(nil), builtInRequirements...) }

// AnyFile is the file of the list for any description, as reports name it.
const AnyFile = "spec/any.yaml"

//go:embed any.yaml
var anyRequirements []byte

// AnyRequirements returns the requirement list for a description that comes without one:
// what any server owes to its own OpenAPI description, in YAML.
func AnyRequirements() []byte { return append([]byte(nil), anyRequirements...) }

// Requirements is the list of testable statements about an API.
type Requirements struct {
	File   string `yaml:"-"`
	Digest string `yaml:"-"` // sha256 of the file's bytes, "sha256:…"

	Version  int                `yaml:"version"` // of this format: 1
	Name     string             `yaml:"name"`
	Pages    map[string]string  `yaml:"pages"` // page name → address, for clause links
	Profiles map[string]Profile `yaml:"profiles"`
	Titles   Chapters           `yaml:"chapters"` // chapter → title, in the order of reports; none: see Chapters
	// Unbinding gives, by statement of the pages, the reason why it binds no server: no
	// must rests on it alone.
	Unbinding     map[string]string `yaml:"unbinding"`
	Documentation Documentation     `yaml:"documentation"`
	List          []*Requirement    `yaml:"requirements"`
	// NotCovered gives, by statement of the pages, the reason why no requirement covers it.
	NotCovered map[string]string `yaml:"notCovered"`
}

// Level is the weight of a broken requirement.
type Level string

// The levels: a broken must fails the run, a broken should warns, a may is noted.
const (
	Must   Level = "must"
	Should Level = "should"
	May    Level = "may"
)

// Requirement is one testable statement. Cases and Check say how it is exercised:
// every case whose kind starts with one of Cases (all kinds when empty) is judged
// by Check, where its response has a status among Answers (any when empty). Kinds whose
// response few documents promise are included only where they are named in full:
// malformed.lax, malformed.doubled, and for a status valid.extra and those with
// two faults.
type Requirement struct {
	ID         string     `yaml:"id"` // never reused or renamed
	Level      Level      `yaml:"level"`
	Basis      Basis      `yaml:"basis"`
	Readings   []string   `yaml:"readings"` // of READINGS.md, with basis reading
	Was        *Was       `yaml:"was"`      // nil where nothing changed
	Chapter    string     `yaml:"chapter"`  // one of Chapters
	Profile    string     `yaml:"profile"`  // a key of Profiles; "" is of each that selects nothing
	Fault      string     `yaml:"fault"`    // code of the Web Fuzzing Commons, "F102"; "" where none fits
	Clause     Clause     `yaml:"clause"`
	Sentence   string     `yaml:"sentence"`  // read after an operation's name: "answers 401 when …"
	Situation  string     `yaml:"situation"` // read after "when": "the request is repeated"; "" follows from its cases
	Operations Operations `yaml:"operations"`
	Cases      []string   `yaml:"cases"`
	Answers    []string   `yaml:"answers"`
	Branches   []Branch   `yaml:"branches"` // none: the sentence has but one
	Flows      []Flow     `yaml:"flows"`    // in place of Cases, with check flow
	Check      string     `yaml:"check"`
	Expect     *Expect    `yaml:"expect"` // with check status
	Untested   string     `yaml:"untested"`
	Theme      string     `yaml:"theme"`     // what breaks it alike has one cause; by default its check, as rank says
	Gravity    Gravity    `yaml:"gravity"`   // by default that of its check
	Essential  bool       `yaml:"essential"` // a run that cannot show it anywhere says so in its verdict
	Short      string     `yaml:"short"`     // what it is about, in few words; with essential
}

// Clause points at the text that a requirement comes from.
type Clause struct {
	Page      string   `yaml:"page"`   // a key of Pages
	Anchor    string   `yaml:"anchor"` // heading on that page
	Text      string   `yaml:"text"`   // what it says, in our words
	Sentences []string `yaml:"sentences"`
}

// Operations is the word "all" or a list of operation ids.
type Operations struct {
	All bool
	IDs []string

	has map[string]bool
}

// UnmarshalYAML reads "all" or a list.
func (o *Operations) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		if node.Value != "all" {
			return fmt.Errorf("line %d: operations: %q: must be all or a list of operation ids", node.Line, node.Value)
		}
		o.All = true
		return nil
	}
	if err := node.Decode(&o.IDs); err != nil {
		return err
	}
	o.has = map[string]bool{}
	for _, id := range o.IDs {
		o.has[id] = true
	}
	return nil
}

// Has reports whether an operation is among them.
func (o Operations) Has(id string) bool { return o.All || o.has[id] }

// BuiltIn reports whether the list is the built-in one.
func (r *Requirements) BuiltIn() bool { return r.Digest == sha256Of(builtInRequirements) }

func sha256Of(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Link returns the address of the clause, "" when its page has none.
func (r *Requirements) Link(c Clause) string {
	page := r.Pages[c.Page]
	if page == "" || c.Anchor == "" {
		return page
	}
	return page + "#" + c.Anchor
}

// Tested reports whether a requirement is exercised at all.
func (r *Requirement) Tested() bool { return r.Untested == "" }

// EveryAnswer reports whether the requirement is judged on every response of an
// operation, whatever case it belongs to.
func (r *Requirement) EveryAnswer() bool { return len(r.Cases) == 0 && len(r.Flows) == 0 }

// Applies reports whether the requirement applies to a response with this status.
func (r *Requirement) Applies(status int) bool {
	if len(r.Answers) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Answers, func(answer string) bool {
		switch answer {
		case "success":
			return status/100 == 2
		case "rejected":
			return status >= 400
		}
		return answer == strconv.Itoa(status)
	})
}

// Covers reports whether cases of a kind exercise the requirement.
func (r *Requirement) Covers(kind string) bool {
	if len(r.Cases) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Cases, func(prefix string) bool {
		return kind == prefix || strings.HasPrefix(kind, prefix+".")
	})
}

// LoadRequirements reads a requirement list from a file.
func LoadRequirements(file string) (*Requirements, error) {
	data, err := ReadFile(file)
	if err != nil {
		return nil, err
	}
	return ParseRequirements(data, file)
}

// ParseRequirements reads a requirement list; name stands for it in errors.
// Unknown keys, duplicates and words outside their lists are errors.
func ParseRequirements(data []byte, name string) (*Requirements, error) {
	r := &Requirements{File: shownName(name)}
	if err := DecodeYAML(data, r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r.Digest = sha256Of(data)
	if err := r.check(); err != nil {
		if wrong, ok := errors.AsType[requirementError](err); ok {
			err = fmt.Errorf("requirement %s (line %d): %w", wrong.id, lineOf(data, wrong.place), wrong.error)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// requirementError is a fault of the requirement at an index of the list.
type requirementError struct {
	place int
	id    string
	error
}

// lineOf returns the line of the requirement at an index of the list, 0 when the file
// cannot be read. It parses the file again, so it is for errors alone.
func lineOf(data []byte, place int) int {
	var root struct {
		Requirements []yaml.Node `yaml:"requirements"`
	}
	if yaml.Unmarshal(data, &root) != nil || place >= len(root.Requirements) {
		return 0
	}
	return root.Requirements[place].Line
}

func (r *Requirements) check() error {
	if r.Version != 1 {
		return fmt.Errorf("version: %d: must be 1", r.Version)
	}
	if len(r.List) == 0 {
		return errors.New("requirements: the list is empty; it must have at least one")
	}
	if err := r.Titles.check(); err != nil {
		return err
	}
	for statement, why := range r.NotCovered {
		if why == "" {
			return fmt.Errorf("notCovered: %s: the reason is missing", statement)
		}
	}
	for statement, why := range r.Unbinding {
		if why == "" {
			return fmt.Errorf("unbinding: %s: the reason is missing", statement)
		}
	}
	seen := map[string]bool{}
	for place, q := range r.List {
		if q == nil || q.ID == "" {
			return errors.New("requirements: one has no id; each must have one")
		}
		if notLabel(q.ID) {
			return fmt.Errorf("requirement %q: an id must be made of letters, digits, . and -", q.ID)
		}
		if seen[q.ID] {
			return fmt.Errorf("requirement %s: the id is used twice", q.ID)
		}
		seen[q.ID] = true
		for _, statement := range q.Clause.Sentences {
			if _, ok := r.NotCovered[statement]; ok {
				return fmt.Errorf("notCovered: %s: requirement %s is made of it", statement, q.ID)
			}
		}
		err := q.check(r)
		if err == nil {
			err = q.checkBasis(r.Unbinding)
		}
		if err != nil {
			return requirementError{place, q.ID, err}
		}
	}
	if err := r.checkDocumentation(); err != nil {
		return fmt.Errorf("documentation: %w", err)
	}
	if err := r.checkProfiles(); err != nil {
		return err
	}
	return r.checkBreaks()
}

func notLabel(id string) bool {
	return strings.ContainsFunc(id, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-')
	})
}

var faultCode = regexp.MustCompile(`^F\d{3}$`)

func (q *Requirement) check(r *Requirements) error {
	if !slices.Contains([]Level{Must, Should, May}, q.Level) {
		return fmt.Errorf("level: %q: must be one of must, should, may", q.Level)
	}
	if err := r.Titles.checkName(q.Chapter); err != nil {
		return err
	}
	if _, ok := r.Profiles[q.Profile]; !ok && q.Profile != "" {
		return fmt.Errorf("profile: %q: must be one of %s", q.Profile, strings.Join(slices.Sorted(maps.Keys(r.Profiles)), ", "))
	}
	if q.Fault != "" && !faultCode.MatchString(q.Fault) {
		return fmt.Errorf("fault: %q: must be F and three digits, a code of the Web Fuzzing Commons", q.Fault)
	}
	if q.Sentence == "" || q.Clause.Text == "" {
		return errors.New("sentence and clause.text must be given")
	}
	if _, ok := r.Pages[q.Clause.Page]; !ok {
		return fmt.Errorf("clause.page: %q: must be one of those under pages", q.Clause.Page)
	}
	if !q.Tested() {
		if q.Check != "" || q.Expect != nil || len(q.Cases) > 0 || q.Operations.All || len(q.Operations.IDs) > 0 {
			return errors.New("untested excludes operations, cases, check and expect")
		}
		return nil
	}
	if !q.Operations.All && len(q.Operations.IDs) == 0 {
		return errors.New("operations: must be all or a list of operation ids")
	}
	if q.Check == "" {
		return errors.New("check: must be given, or the reason under untested")
	}
	for _, answer := range q.Answers {
		if answer != "success" && answer != "rejected" && !isStatus(answer) {
			return fmt.Errorf("answers: %q: must be success, rejected or a status from 100 to 599", answer)
		}
	}
	if (q.Expect != nil) != (q.Check == "status") {
		return errors.New("expect must be given with check status, and only with it")
	}
	if (len(q.Flows) > 0) != (q.Check == CheckFlow) || len(q.Flows) > 0 && len(q.Cases) > 0 {
		return errors.New("flows must be given with check flow, and only with it, in place of cases")
	}
	for _, check := range []func() error{q.checkFlows, q.checkBranches, q.checkEssential, q.rank} {
		if err := check(); err != nil {
			return err
		}
	}
	if q.Expect != nil {
		if len(q.Expect.Statuses) == 0 || q.Expect.Body != nil || q.Expect.Same != "" || q.Expect.Order != nil {
			return errors.New("expect.statuses: must be given; body, same and order are for the steps of a flow")
		}
		return q.Expect.check()
	}
	return nil
}

// CheckFlow is the check that judges the steps of flows.
const CheckFlow = "flow"

// CheckPreferred is the check that judges whether a response is an expected one
// where another is tolerated.
const CheckPreferred = "preferred"

func (q *Requirement) checkFlows() error {
	seen := map[string]bool{}
	for _, f := range q.Flows {
		if err := f.check(); err != nil {
			return err
		}
		if seen[f.ID] {
			return fmt.Errorf("flow %s: the id is used twice", f.ID)
		}
		seen[f.ID] = true
	}
	for _, id := range q.Operations.IDs {
		if len(q.Flows) > 0 && !slices.ContainsFunc(q.Flows, func(f Flow) bool { return f.For(id) }) {
			return fmt.Errorf("operations: %s: no flow judges a request of it", id)
		}
	}
	return nil
}

func isStatus(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && 100 <= n && n <= 599
}
