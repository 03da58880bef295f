package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// mostAnnotations of a kind are shown by GitHub; the rest is lost without a word.
const mostAnnotations = 10

type annotation struct{ file, title, text string }

// Annotations writes GitHub workflow commands: an error for each cause of a failed
// run, a warning for each cause that does not fail it.
func Annotations(w io.Writer, d *run.Document) error {
	var errors, warnings []annotation
	for _, c := range d.Failed() {
		if c.Level == spec.Must || d.Strict && c.Level == spec.Should {
			errors = append(errors, causeAnnotation(d, c))
		} else {
			warnings = append(warnings, causeAnnotation(d, c))
		}
	}
	for _, o := range d.Obligations {
		if o.NeedlessWaiver() {
			errors = append(errors, annotation{place(o), o.ID, o.Why})
		}
	}
	for _, outcome := range []verdict.Outcome{verdict.Broken, verdict.Inconclusive} {
		for _, g := range byReason(d, outcome) {
			a := annotation{"", outcome.String(), fmt.Sprintf("%s (%s)", g.why, few(g.ids))}
			must := slices.ContainsFunc(g.ids, func(id string) bool { return d.Obligation(id).Level == spec.Must })
			if outcome == verdict.Broken || must && !d.Unexercised {
				errors = append(errors, a)
			} else {
				warnings = append(warnings, a)
			}
		}
	}
	if sentence := stoppedBy(d); sentence != "" {
		errors = append([]annotation{{"", "the run did not come to its end", sentence}}, errors...)
	}
	return Printed(w, func(w io.Writer) error {
		annotate(w, "error", errors)
		annotate(w, "warning", warnings)
		return nil
	})
}

func causeAnnotation(d *run.Document, c run.Cause) annotation {
	o := d.Obligation(c.Shown[0].Obligation)
	return annotation{place(*o), fmt.Sprintf("%s (%s)", o.Requirement, extent(d, c)), c.Title}
}

// place is where the operation stands in the description.
func place(o run.Obligation) string {
	if o.File == "" || o.Line == 0 {
		return ""
	}
	return fmt.Sprintf("file=%s,line=%d,", property(o.File), o.Line)
}

func annotate(w io.Writer, kind string, list []annotation) {
	for i, a := range list {
		if i == mostAnnotations-1 && len(list) > mostAnnotations {
			fmt.Fprintf(w, "::%s title=more::and %d more, see the summary\n", kind, len(list)-i)
			return
		}
		fmt.Fprintf(w, "::%s %stitle=%s::%s\n", kind, a.file, property(redact.Cut(oneLine(a.title), messageCap)), data(redact.Cut(a.text, messageCap)))
	}
}

// data escapes the text of a workflow command.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(sanitise(text))
}

// property escapes a property of a workflow command.
func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}
