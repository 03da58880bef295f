package cli

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// What init proposes for a fixtures file: first what a run needs, then what a plan shows
// that it lacks.

// neededLines are the lines without which nothing can be sent: hosts, credentials and
// the merchant.
func neededLines(target *url.URL, d *spec.Description) []settings.Line {
	var lines []settings.Line
	switch {
	case target != nil && !settings.Loopback(target.Hostname()):
		lines = append(lines, hostLine(target.Host, true, ""))
	case target == nil:
		for _, host := range testHosts(d) {
			lines = append(lines, hostLine(host, false, "of the description: is it a test environment?"))
		}
	}
	for _, scheme := range slices.Sorted(maps.Keys(d.Schemes)) {
		lines = append(lines, settings.Line{
			Path: []string{"credentials", settings.Valid, scheme}, Value: fmt.Sprintf("%q", "${"+plan.VariableName(scheme)+"}"),
			On: slices.Contains(neededSchemes(d), scheme),
		})
	}
	if i := slices.IndexFunc(d.Operations, func(o *spec.Operation) bool { return o.Conformance.Merchant != nil }); i >= 0 {
		tokens := spec.Tokens(d.Operations[i].Conformance.Merchant.Field)
		lines = append(lines, settings.Line{Path: []string{"merchants", "main"}, Value: fmt.Sprintf("%q", "${"+plan.VariableName(tokens[len(tokens)-1])+"}"), On: true})
	}
	return lines
}

func hostLine(host string, on bool, note string) settings.Line {
	return settings.Line{Path: []string{"hosts"}, Value: fmt.Sprintf("%q", host), Item: true, On: on, Note: note}
}

// testHosts lists the hosts of the description's servers that it does not mark as production.
func testHosts(d *spec.Description) []string {
	var list []string
	for _, server := range d.Servers {
		u, err := url.Parse(server)
		if err == nil && u.Host != "" && !strings.Contains(u.Host, "{") && !settings.Loopback(u.Hostname()) && !d.IsProduction(u.Host) && !slices.Contains(list, u.Host) {
			list = append(list, u.Host)
		}
	}
	return list
}

// neededSchemes are security schemes with which every operation can be called, or as
// many as requests can carry: of each operation the first alternative, unless another
// one is needed elsewhere.
func neededSchemes(d *spec.Description) []string {
	var needed []string
	for _, o := range d.Operations {
		if o.Unsendable != "" || slices.ContainsFunc(o.Security, func(alternative []string) bool {
			return !slices.ContainsFunc(alternative, func(s string) bool { return !slices.Contains(needed, s) })
		}) {
			continue
		}
		if len(o.Security) > 0 {
			needed = append(needed, o.Security[0]...)
		}
	}
	return needed
}

// unlock is a line of the fixtures, and what it would show.
type unlock struct {
	line        settings.Line
	written     bool // the line has a place of its own in the file
	says        string
	obligations map[string]bool
	alone       int // obligations that need no other line
}

// prospect is what a plan can judge, and what stands in the way of the rest.
type prospect struct {
	judged, uncertain, lacking, inapplicable, unsupported int
	unlocks                                               []*unlock
}

// prospectOf reads from a plan what fixtures would show.
func prospectOf(p *plan.Plan) prospect {
	var found prospect
	cases := make(map[string]*plan.Case, len(p.Cases))
	for _, c := range p.Cases {
		cases[c.ID] = c
	}
	at := map[string]*unlock{}
	add := func(name string, o *plan.Obligation, make func() unlock, alone bool) {
		if at[name] == nil {
			made := make()
			made.obligations = map[string]bool{}
			at[name] = &made
			found.unlocks = append(found.unlocks, &made)
		}
		at[name].obligations[o.ID] = true
		if alone {
			at[name].alone++
		}
	}
	for _, o := range p.Obligations {
		names := inventedFor(o, cases)
		switch {
		case o.Unsupported != "":
			found.unsupported++
		case o.Inapplicable != "":
			found.inapplicable++
		case o.Lacks != "":
			found.lacking++
		case len(names) > 0:
			found.uncertain++
		default:
			found.judged++
		}
		for _, name := range names {
			add("known."+name, o, func() unlock { return knownLine(p, name) }, len(names) == 1)
		}
		if o.Lacks == "" {
			continue
		}
		for _, m := range o.Missing {
			add(m.Line, o, func() unlock { return missingLine(m) }, len(o.Missing) == 1)
		}
	}
	slices.SortStableFunc(found.unlocks, func(a, b *unlock) int {
		return cmp.Or(b.alone-a.alone, len(b.obligations)-len(a.obligations), strings.Compare(a.says, b.says))
	})
	return found
}

// inventedFor lists the invented names on which all correct requests of an obligation
// rest: an answer that nothing has such a name shows nothing of it.
func inventedFor(o *plan.Obligation, cases map[string]*plan.Case) []string {
	var names []string
	for _, id := range o.Cases {
		c := cases[id]
		if c == nil || len(c.Invented) == 0 || c.Expect.Handling != plan.Accepted {
			return nil
		}
		names = append(names, c.Invented...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// knownLine is the line that gives a parameter the name of something that exists.
func knownLine(p *plan.Plan, name string) unlock {
	value, count, first := "…", 0, ""
	for _, o := range p.Description.Operations {
		for _, parameter := range o.Names() {
			if parameter.Name != name {
				continue
			}
			if count++; first == "" {
				first = o.ID
			}
			if text, ok := parameter.Example.(string); ok && value == "…" {
				value = strconv.Quote(text)
			}
		}
	}
	note := "of something that exists, in the path of " + first
	if count > 1 {
		note = fmt.Sprintf("of something that exists, in the path of %d operations, such as %s", count, first)
	}
	line := settings.Line{Path: []string{"known", name}, Value: value, Note: note}
	return unlock{line: line, written: true, says: line.String()}
}

// placeOf matches the place of a line: triggers.card.approved.
var placeOf = regexp.MustCompile(`^[a-z_]+(\.[^\s.]+)*$`)

// missingLine is a line that an obligation lacks.
func missingLine(m plan.Missing) unlock {
	_, rest, _ := strings.Cut(m.Add, m.Line)
	value := cmp.Or(strings.TrimPrefix(rest, ": "), "…")
	if !placeOf.MatchString(m.Line) {
		return unlock{says: m.Line}
	}
	value, note := valueAndProse(value)
	path := strings.Split(m.Line, ".")
	if path[0] == "effects" { // an operation's id may hold dots
		path = []string{path[0], strings.TrimPrefix(m.Line, path[0]+".")}
		value, note = "…", "it may change many things: reads, makes or changes, if it does no more"
	}
	line := settings.Line{Path: path, Value: value, Note: note}
	says := line.String()
	if note != "" {
		says += " (" + note + ")"
	}
	return unlock{line: line, written: true, says: says}
}

// valueAndProse splits what may stand on a line from the words behind it.
func valueAndProse(text string) (value, prose string) {
	end := strings.LastIndexAny(text, "]}") + 1
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		end = 0
	}
	at := strings.Index(text[end:], ", ")
	if at < 0 {
		return text, ""
	}
	return text[:end+at], text[end+at+2:]
}
