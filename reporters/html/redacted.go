package html

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
)

// redactions says what was taken out of the exchanges that a document keeps.
type redactions struct {
	Hidden    []hidden // the most frequent first
	Cards     int      // card numbers of which the first and last digits are left
	Variables []string // that stand in curl lines, sorted
}

// hidden counts the values taken out under one name.
type hidden struct {
	Name  string // of a header or field, "" where none stands before it
	Count int
}

// redactedMark is what stands where a value was.
const redactedMark = "[redacted"

var (
	nameBefore    = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_.-]*)(?:["'\]]|\\")*\s*[:=]\s*(?:["']|\\")?$`)
	truncatedCard = regexp.MustCompile(`\d{6}\*+\d{4}`)
	shellVariable = regexp.MustCompile(`"\$([A-Z][A-Z0-9_]*)"`)
)

func redactionsIn(d *run.Document) redactions {
	var r redactions
	counts := map[string]int{}
	variables := map[string]bool{}
	look := func(text string) {
		before, rest, found := strings.Cut(text, redactedMark)
		for found {
			name := ""
			if m := nameBefore.FindStringSubmatch(before[max(0, len(before)-100):]); m != nil {
				name = m[1]
			}
			counts[name]++
			before, rest, found = strings.Cut(rest, redactedMark)
		}
		if strings.Contains(text, "**") {
			r.Cards += len(truncatedCard.FindAllString(text, -1))
		}
	}
	for _, c := range d.Causes {
		for _, shown := range c.Shown {
			for _, e := range shown.Evidence {
				for _, text := range redact.Strings(append([]redact.Text{e.Request.Line, e.Request.Body}, e.Request.Header...)) {
					look(text)
				}
				if e.Answer != nil {
					for _, text := range redact.Strings(append([]redact.Text{e.Answer.Body}, e.Answer.Header...)) {
						look(text)
					}
				}
				for _, m := range shellVariable.FindAllStringSubmatch(e.Curl.String(), -1) {
					variables[m[1]] = true
				}
			}
		}
	}
	for name, count := range counts {
		r.Hidden = append(r.Hidden, hidden{name, count})
	}
	slices.SortFunc(r.Hidden, func(a, b hidden) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	for name := range variables {
		r.Variables = append(r.Variables, name)
	}
	slices.Sort(r.Variables)
	return r
}
