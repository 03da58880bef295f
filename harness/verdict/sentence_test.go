package verdict

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// constants lists the constants of a type that the package's files declare.
func constants(t *testing.T, file, name string) (values []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == name {
				values = append(values, strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
			}
		}
		return true
	})
	slices.Sort(values)
	if len(values) == 0 || len(slices.Compact(slices.Clone(values))) != len(values) {
		t.Fatalf("%s: constants of %s: %v", file, name, values)
	}
	return values
}

func TestSentence_EveryRuleHasOne(t *testing.T) {
	rules := constants(t, "sentence.go", "Rule")
	full := Finding{Pointer: "/a", Wanted: []string{"w"}, Got: "g", Given: []Fact{{"n", "v"}, {"m", "u"}}, Status: 200}
	for _, rule := range rules {
		f := full
		f.Rule = Rule(rule)
		if _, ok := sentences[f.Rule]; !ok {
			t.Errorf("rule %s has no sentence", rule)
			continue
		}
		if f = say(f); f.Expected == "" || f.Received == "" || f.Expected == f.Received {
			t.Errorf("rule %s: expected %q, received %q", rule, f.Expected, f.Received)
		}
	}
	if len(sentences) != len(rules) {
		t.Errorf("%d sentences for %d rules", len(sentences), len(rules))
	}
}

func TestSentence_EveryObstacleHasOne(t *testing.T) {
	kinds := constants(t, "obstacle.go", "ObstacleKind")
	for _, kind := range kinds {
		if say := obstacles[ObstacleKind(kind)]; say == nil || say(Obstacle{Detail: "detail"}) == "" {
			t.Errorf("obstacle %s has no sentence", kind)
		}
	}
	if len(obstacles) != len(kinds) {
		t.Errorf("%d sentences for %d kinds", len(obstacles), len(kinds))
	}
}

func TestSentence_NamesTheStepAfterTheAct(t *testing.T) {
	for _, tt := range []struct{ claim, check, step, want string }{
		{"of the act", "flow", "", "status 201"},
		{"of a later step", "flow", "capture", "afterwards, from capture: status 201"},
		{"of a corrected request", "retry", "pay", "for the corrected request: status 201"},
	} {
		if got := say(Finding{Check: tt.check, Rule: WrongStatus, Step: tt.step, Wanted: []string{"201"}}).Expected; got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.claim, got, tt.want)
		}
	}
}

func TestDeviation_WordsAreReadAgain(t *testing.T) {
	for d := Transport; d <= Effect; d++ {
		text, err := d.MarshalText()
		var again Deviation
		if err != nil || again.UnmarshalText(text) != nil || again != d {
			t.Errorf("%s is read as %s: %v", text, again, err)
		}
	}
	if _, err := Deviation(0).MarshalText(); err == nil {
		t.Error("a finding without a deviation can be written")
	}
	var d Deviation
	if err := d.UnmarshalText([]byte("odd")); err == nil || !strings.Contains(err.Error(), `deviation "odd": must be effect, `) {
		t.Errorf("an unknown word is read: %v", err)
	}
}
