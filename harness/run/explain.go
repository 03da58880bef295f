package run

import (
	"fmt"
	"slices"
	"strings"

	"qorcheck/harness/exchange"
	"qorcheck/harness/verdict"
)

// Cause is a group of cases that broke an obligation in the same way.
type Cause struct {
	First Case
	IDs   []string // of all its cases, sorted
}

// Causes groups the kept cases of an outcome by what was received in place of
// what: one defect that many cases meet is one cause.
func (o Obligation) Causes(outcome verdict.Outcome) []Cause {
	var list []Cause
	at := map[string]int{}
	for _, c := range o.Shown {
		if c.Outcome != outcome {
			continue
		}
		key := c.Why
		for _, f := range c.Findings {
			key += "\x00" + f.Check + "\x00" + f.Pointer + "\x00" + f.Keyword + "\x00" + f.Received
		}
		if i, ok := at[key]; ok {
			list[i].IDs = append(list[i].IDs, c.ID)
			continue
		}
		at[key] = len(list)
		list = append(list, Cause{First: c, IDs: []string{c.ID}})
	}
	slices.SortStableFunc(list, func(a, b Cause) int { return len(b.IDs) - len(a.IDs) })
	return list
}

// Explain says what is wrong with an obligation that did not pass, why that is
// wrong, and how to see it again. It needs no second run to be understood.
func (o Obligation) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s  [%s, %s]\n", strings.ToUpper(o.Outcome.String()), o.Sentence, o.ID, o.Level)
	fmt.Fprintf(&b, "  documented: %s\n", o.Clause.Text)
	if o.Clause.Link != "" {
		fmt.Fprintf(&b, "              %s\n", o.Clause.Link)
	}
	if o.Outcome != verdict.Fail {
		fmt.Fprintf(&b, "  why: %s\n", o.Why)
		return b.String()
	}
	fmt.Fprintf(&b, "  %d of %d cases failed\n", o.Counts.Fail, o.Planned)
	for _, cause := range o.Causes(verdict.Fail) {
		b.WriteString(indent(cause.First.Explain(), "  "))
		if rest := cause.IDs[1:]; len(rest) > 0 {
			more := ""
			if len(rest) > 5 {
				more, rest = fmt.Sprintf(" and %d more", len(rest)-5), rest[:5]
			}
			fmt.Fprintf(&b, "    the same: %s%s\n", strings.Join(rest, ", "), more)
		}
	}
	return b.String()
}

// Explain says what a case expected and received, and shows its exchange.
func (c Case) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", c.ID, c.What)
	for _, f := range c.Findings {
		fmt.Fprintf(&b, "  expected: %s\n  received: %s\n", f.Expected, f.Received)
	}
	if c.Why != "" {
		fmt.Fprintf(&b, "  why: %s\n", c.Why)
	}
	if c.Act >= 0 && c.Act < len(c.Evidence) {
		e := c.Evidence[c.Act]
		b.WriteString(block("request", e.Request))
		if e.Answer != nil {
			b.WriteString(block("answer", *e.Answer))
		}
	}
	for _, line := range c.Curl() {
		fmt.Fprintf(&b, "  curl:     %s\n", line)
	}
	return b.String()
}

// Curl lists the commands that repeat the case up to its act.
func (c Case) Curl() []string {
	var lines []string
	for i, e := range c.Evidence {
		if i > c.Act {
			break
		}
		lines = append(lines, e.Curl)
	}
	return lines
}

func block(label string, m exchange.Message) string {
	lines := append([]string{m.Line}, m.Header...)
	if m.Body != "" {
		lines = append(lines, strings.Split(shorten(m.Body, 2000), "\n")...)
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

func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && text[cut]&0xc0 == 0x80 {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes more)", text[:cut], len(text)-cut)
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}
