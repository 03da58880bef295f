package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/redact"
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
)

// maxAnnotations is how many annotations of a kind GitHub shows; it drops the rest silently.
const maxAnnotations = 10

type annotation struct{ file, title, text string }

// Annotations writes GitHub workflow commands: an error for each cause of a failed
// run, a warning for each cause that does not fail it.
func Annotations(w io.Writer, d *run.Document) error {
	var errors, warnings []annotation
	add := func(fails bool, a annotation) {
		if fails {
			errors = append(errors, a)
		} else {
			warnings = append(warnings, a)
		}
	}
	o := outline.Of(d)
	if o.Stopped != "" {
		add(true, annotation{"", "the run did not finish", o.Stopped})
	}
	for _, f := range o.Failures {
		add(f.Fails, annotation{place(f.Obligation), fmt.Sprintf("%s, %s (%s)", f.Obligation.Requirement, f.Basis.Words(), f.Extent()), f.Title})
	}
	for _, needless := range o.Needless {
		add(true, annotation{place(needless.Obligation), needless.ID, needless.Why})
	}
	for _, g := range o.Unjudged {
		elsewhere := !slices.ContainsFunc(g.Obligations, func(e outline.Entry) bool { return !d.Elsewhere(*e.Obligation) })
		if !g.InVerdict && !elsewhere && (g.Outcome == verdict.Broken || g.Outcome == verdict.Inconclusive) {
			title := g.Outcome.String()
			if g.Line != "" {
				title += ": " + g.Unlocks()
			}
			add(g.Fails, annotation{"", title, fmt.Sprintf("%s (%s)", g.Why, few(g.IDs()))})
		}
	}
	return Printed(w, func(w io.Writer) error {
		annotate(w, "error", errors)
		annotate(w, "warning", warnings)
		return nil
	})
}

// place locates an operation in the description, as the property of an annotation.
func place(o *run.Obligation) string {
	if o.File == "" || o.Line == 0 {
		return ""
	}
	return fmt.Sprintf("file=%s,line=%d,", property(o.File), o.Line)
}

func annotate(w io.Writer, kind string, list []annotation) {
	for i, a := range list {
		if i == maxAnnotations-1 && len(list) > maxAnnotations {
			fmt.Fprintf(w, "::%s title=more::and %d more, see the summary\n", kind, len(list)-i)
			return
		}
		fmt.Fprintf(w, "::%s %stitle=%s::%s\n", kind, a.file, property(redact.Cut(oneLine(a.title), maxMessage)), data(redact.Cut(a.text, maxMessage)))
	}
}

// data escapes the text of a workflow command.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(redact.Printable(text))
}

// property escapes a property of a workflow command.
func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}
