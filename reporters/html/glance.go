package html

import (
	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/reporters/outline"
	"qorcheck/spec"
)

// glance shows how the obligations of each kind ended, by chapter and by gravity.
type glance struct {
	Title string
	Rows  []glanceRow
}

// glanceRow is the obligations of one chapter or gravity.
type glanceRow struct {
	Title string
	Count int
	Bar   []tally
}

func newGlances(d *run.Document) []glance {
	chapters, gravities := glance{Title: "Obligations by chapter"}, glance{Title: "Obligations by gravity of their requirement"}
	for _, c := range outline.Chapters(d) {
		chapters.add(d, c.Title, c.Obligations)
	}
	for _, g := range spec.Gravities {
		var list []*run.Obligation
		for i := range d.Obligations {
			if d.Obligations[i].Gravity == g {
				list = append(list, &d.Obligations[i])
			}
		}
		gravities.add(d, g.Words(), list)
	}
	return []glance{chapters, gravities}
}

// add adds a row, unless it would be empty.
func (g *glance) add(d *run.Document, title string, list []*run.Obligation) {
	if len(list) == 0 {
		return
	}
	counts := map[look]int{}
	for _, o := range list {
		counts[lookOfObligation(d, o)]++
	}
	row := glanceRow{Title: title, Count: len(list), Bar: byLook(counts)}
	spread(row.Bar, len(list))
	g.Rows = append(g.Rows, row)
}

// byLook lists counts in the order of outcomes.
func byLook(counts map[look]int) []tally {
	var list []tally
	for _, outcome := range verdict.Outcomes {
		looks := []look{lookOf(outcome)}
		if outcome == verdict.Fail {
			looks = append(looks, warning())
		}
		for _, l := range looks {
			if counts[l] > 0 {
				list = append(list, tally{look: l, Count: counts[l]})
			}
		}
	}
	return list
}
