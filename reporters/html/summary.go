package html

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// summary is what a run showed, and what it did not, in words for people who buy or
// certify and read nothing else.
type summary struct {
	Environment   string // host of the target
	Date          string
	Shown, Beyond string
}

func newSummary(d *run.Document, o *outline.Outline) summary {
	s := summary{Environment: environment(d.Target), Date: dates(d.Started, d.Finished)}
	s.Shown = strings.Join(append([]string{s.extent(d)}, proven(d, o)...), " ")
	s.Beyond = strings.Join(append(unknown(d), bounds(d)...), " ")
	return s
}

// environment is the host of a target, or the target as it is where it has none.
func environment(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	return cmp.Or(u.Host, target)
}

// dates are the days of a run.
func dates(from, to time.Time) string {
	const day = "2 January 2006"
	first, last := from.UTC().Format(day), to.UTC().Format(day)
	if first == last {
		return last
	}
	return first + " to " + last
}

// extent says what was compared with what.
func (s summary) extent(d *run.Document) string {
	operations, requirements := map[string]bool{}, map[string]bool{}
	for _, o := range d.Obligations {
		operations[o.Operation], requirements[o.Requirement] = true, true
	}
	return fmt.Sprintf("%s sent %s to %s (%s) and compared the responses with the list “%s”: %s and %s, which make %s, each one requirement on one operation.",
		d.Tool, plural(d.Requests, "request"), s.Environment, s.Date, d.Name, plural(len(operations), "operation"), plural(len(requirements), "requirement"), plural(d.Planned, "obligation"))
}

// proven says what the run proved: what held, and what is broken and how gravely.
func proven(d *run.Document, o *outline.Outline) []string {
	failed, warned := 0, 0
	for i := range d.Obligations {
		switch one := &d.Obligations[i]; {
		case one.Outcome != verdict.Fail:
		case d.Fails(one):
			failed++
		default:
			warned++
		}
	}
	var list []string
	add := func(n int, says, rest string) {
		if n > 0 {
			list = append(list, fmt.Sprintf("%s %s%s%s.", plural(n, "obligation"), were(n), says, rest))
		}
	}
	if d.Counts.Pass == 0 {
		list = append(list, "No obligation was shown to be fulfilled.")
	}
	add(d.Counts.Pass, " fulfilled in every case that was sent", "")
	add(failed, " broken", gravities(o.Failures))
	add(warned, " not fulfilled, which is a warning: they are recommendations or our reading of the documentation", "")
	return list
}

// were is the verb of a number of things.
func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// gravities counts the causes that fail a run by what they concern.
func gravities(failures []outline.Failure) string {
	counts, whole := map[spec.Gravity]int{}, 0
	for _, f := range failures {
		if f.Fails {
			counts[f.Gravity]++
			whole++
		}
	}
	var list []string
	for _, g := range spec.Gravities {
		if counts[g] > 0 {
			list = append(list, fmt.Sprintf("%s %s", g.Words(), commas(counts[g])))
		}
	}
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf(", from %s (causes by gravity: %s)", plural(whole, "cause"), strings.Join(list, ", "))
}

// unknown says of what nothing is known.
func unknown(d *run.Document) []string {
	var list []string
	add := func(n int, says string) {
		if n > 0 {
			list = append(list, plural(n, "obligation")+" "+says+".")
		}
	}
	add(d.Counts.Inconclusive, "could not be judged, for the reasons given below")
	add(d.Counts.Broken, "could not be judged because of a fault of the tool")
	add(d.Counts.NotRun, were(d.Counts.NotRun)+" not run")
	add(d.Counts.Waived, "failed, which somebody accepts until a stated day")
	outside := ""
	if d.Profile != "" {
		outside = "they lie outside the profile, or "
	}
	add(d.Counts.Unsupported, were(d.Counts.Unsupported)+" left out because "+outside+"the environment does not support what they need")
	add(d.Counts.NotApplicable, "did not apply")
	if n := len(d.Untested); n > 0 {
		list = append(list, fmt.Sprintf("%s of the list %s not tested yet.", plural(n, "requirement"), were(n)))
	}
	return list
}

// bounds says of how much the run is, and what no run proves.
func bounds(d *run.Document) []string {
	var list []string
	add := func(applies bool, says string) {
		if applies {
			list = append(list, says)
		}
	}
	add(d.Interrupted || !d.Preflight.IsZero() || !d.Stopped.IsZero() || !d.Fault.IsZero(), "The run did not reach its end.")
	add(d.OneCase != "" || d.Filter != "" || d.Smoke > 0 || d.Sampled > 0 || d.Budget != nil || d.Shard != nil || d.Profile != "", "The run is a part of what the list asks, as stated below.")
	add(d.JudgedBy != "", "The responses were judged by "+d.JudgedBy+".")
	add(d.Unverified, "Nothing shows that it was this environment that answered: its certificate was not verified.")
	add(d.Counts.Pass > 0, "What passed showed no fault in any request of this run, which does not prove that there is none.")
	return append(list, "Nothing is said about load, about security beyond these requirements, about other environments or about later versions.")
}
