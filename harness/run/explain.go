package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/redact"
	"qorcheck/harness/verdict"
)

// Result is an obligation as it ended, with the share of each cause in it.
type Result struct {
	Obligation Obligation
	Breaks     bool    // it keeps the run from exit code 0
	Shares     []Share // the one with the most cases first
}

// Share is what one cause did to one obligation.
type Share struct {
	Cause   string
	Outcome verdict.Outcome
	First   Case     // of the obligation, or of another one where none of its own was kept
	Cases   []string // of the obligation, sorted
	Others  int      // obligations that have the same cause
}

// Result returns an obligation with the share of each cause in it.
func (d *Document) Result(o Obligation) Result { return d.resultOf(o, d.Cause) }

func (d *Document) resultOf(o Obligation, find func(id string) *Cause) Result {
	s := Result{Obligation: o, Breaks: d.breaks(&o)}
	s.Obligation.Causes = slices.Clone(o.Causes)
	for _, id := range o.Causes {
		c := find(id)
		share := Share{Cause: c.ID, Outcome: c.Outcome, First: c.Shown[0], Others: len(c.Behind) - 1}
		if i := slices.IndexFunc(c.Shown, func(k Case) bool { return k.Obligation == o.ID }); i >= 0 {
			share.First = c.Shown[i]
		}
		share.Cases = casesBehind(c.Behind, o.ID)
		if follows := casesBehind(c.Follows, o.ID); len(share.Cases) == 0 && len(follows) > 0 {
			share.Outcome, share.Cases = verdict.Inconclusive, follows
		}
		s.Shares = append(s.Shares, share)
	}
	slices.SortStableFunc(s.Shares, func(a, b Share) int {
		return cmp.Or(len(b.Cases)-len(a.Cases), strings.Compare(a.Cause, b.Cause))
	})
	return s
}

// casesBehind lists the cases of an obligation, sorted.
func casesBehind(list []Behind, obligation string) []string {
	for _, b := range list {
		if b.Obligation == obligation {
			return slices.Clone(b.Cases)
		}
	}
	return nil
}

// Explain says what is wrong with an obligation that did not pass, why that is
// wrong, and how to see it again. It needs no second run to be understood.
func (s Result) Explain() string {
	var b strings.Builder
	o := s.Obligation
	fmt.Fprintf(&b, "%s: %s  [%s, %s]\n", strings.ToUpper(o.Outcome.String()), o.Sentence, o.ID, o.Level)
	fmt.Fprintf(&b, "  %s: %s\n", o.Clause.Source(), o.Clause.Text)
	if o.Clause.Link != "" {
		fmt.Fprintf(&b, "              %s\n", o.Clause.Link)
	}
	if o.Waiver != nil {
		fmt.Fprintf(&b, "  waived:     %s\n", o.Waiver)
	}
	if o.Outcome != verdict.Fail && o.Outcome != verdict.Waived {
		fmt.Fprintf(&b, "  why: %s\n", o.Why)
		return b.String()
	}
	fmt.Fprintf(&b, "  %d of %d cases failed\n", o.Counts.Fail, o.Planned)
	for _, share := range s.Shares {
		if share.Outcome == verdict.Fail {
			b.WriteString(indent(share.explain(), "  "))
		}
	}
	return b.String()
}

func (s Share) explain() string {
	text := s.First.Explain()
	rest := slices.DeleteFunc(slices.Clone(s.Cases), func(id string) bool { return id == s.First.ID })
	if len(rest) > 0 {
		text += fmt.Sprintf("  the same: %s\n", few(rest, 5))
	}
	if s.Others > 0 {
		text += fmt.Sprintf("  the same in %d other obligations: cause %s\n", s.Others, s.Cause)
	}
	return text
}

// String says who accepts what, why and until when.
func (w *Waiver) String() string {
	text := fmt.Sprintf("%s (%s, until %s)", w.Reason, w.Owner, w.Until)
	if w.Link != "" {
		text += " " + w.Link
	}
	return text
}

// Explain says what a case expected and received, and shows its exchange.
func (c Case) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", c.ID, c.What)
	for _, f := range c.Findings {
		fmt.Fprintf(&b, "  expected: %s\n  received: %s\n", f.Expected, f.Received)
	}
	if !c.Why.IsZero() {
		fmt.Fprintf(&b, "  why: %s\n", c.Why)
	}
	if c.Act >= 0 && c.Act < len(c.Evidence) {
		e := c.Evidence[c.Act]
		b.WriteString(block("request", e.Request))
		if e.Answer != nil {
			b.WriteString(block("answer", *e.Answer))
		}
		for _, m := range e.Messages {
			b.WriteString(block("then", m))
		}
	}
	for _, line := range c.Curl() {
		fmt.Fprintf(&b, "  curl:     %s\n", line)
	}
	for _, o := range c.Origins() {
		fmt.Fprintf(&b, "  set:      %s\n", o)
	}
	for _, text := range c.BeyondCurl() {
		fmt.Fprintf(&b, "  note:     %s\n", text)
	}
	return b.String()
}

// BeyondCurl lists, in words, what of a failure its curl lines do not show.
func (c Case) BeyondCurl() []string {
	if c.Outcome != verdict.Fail {
		return nil
	}
	var list []string
	inPast := c.Evidence[:max(0, min(c.Act+1, len(c.Evidence)))]
	in := func(show func(exchange.Evidence) bool) bool { return slices.ContainsFunc(inPast, show) }
	switch {
	case c.ofMessage():
		list = append(list, "this shows in the messages that the target sends, or does not send, to the receiver of the run: no curl line shows it")
	case slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Rule == verdict.EntryLeft || f.Rule == verdict.EntryUnasked }):
		list = append(list, "this shows in a list that was read before the first request and after the last one: a curl line shows the list as it is now")
	case len(c.Curl()) == 0:
		list = append(list, "no curl line shows this")
	}
	if in(func(e exchange.Evidence) bool { return e.AtOnce > 1 }) {
		list = append(list, "the run sent a request several times at once: a curl line sends it once")
	}
	if in(func(e exchange.Evidence) bool { return e.Failure != nil && e.Failure.Kind == exchange.HungUp }) {
		list = append(list, "the run dropped the connection of a request before its response came: a curl line waits for the response")
	}
	if in(func(e exchange.Evidence) bool { return e.Batched }) {
		list = append(list, "the run read back the values of several cases in one request: the curl line reads back that of this case")
	}
	return list
}

// ofMessage reports whether what is wrong with a case is a message, or that none came.
func (c Case) ofMessage() bool {
	awaited := c.Act >= 0 && c.Act < len(c.Evidence) && c.Evidence[c.Act].Curl.IsZero()
	return awaited || slices.ContainsFunc(c.Findings, func(f Finding) bool { return verdict.OfMessage(f.Rule) })
}

// Curl lists the commands that repeat the case up to its act.
func (c Case) Curl() []string {
	var lines []string
	for i, e := range c.Evidence {
		if i > c.Act {
			break
		}
		if !e.Curl.IsZero() { // what was only awaited was not sent
			lines = append(lines, e.Curl.String())
		}
	}
	return lines
}

// Origin is variables of curl lines that have their values from one place.
type Origin struct {
	Names []string // with their dollar signs
	From  string
}

// String names the variables and says where their values come from.
func (o Origin) String() string { return strings.Join(o.Names, ", ") + ": " + o.From }

// Origins says where the values of the variables of Curl come from, in the order in
// which they are first needed.
func (c Case) Origins() []Origin {
	var list []Origin
	known := map[string]bool{}
	for i, e := range c.Evidence {
		if i > c.Act {
			break
		}
		for _, v := range e.Variables {
			if known[v.Name] {
				continue
			}
			known[v.Name] = true
			at := slices.IndexFunc(list, func(o Origin) bool { return o.From == v.From })
			if at < 0 {
				at, list = len(list), append(list, Origin{From: v.From})
			}
			list[at].Names = append(list[at].Names, "$"+v.Name)
		}
	}
	return list
}

func block(label string, m exchange.Message) string {
	lines := append([]string{m.Line.String()}, redact.Strings(m.Header)...)
	if !m.Body.IsZero() {
		lines = append(lines, strings.Split(m.Body.Cut(2000).String(), "\n")...)
	}
	var b strings.Builder
	for i, line := range lines {
		if i == 0 {
			fmt.Fprintf(&b, "  %-9s %s\n", label+":", line)
			continue
		}
		fmt.Fprintf(&b, "  %-9s %s\n", "", line)
	}
	return b.String()
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}
