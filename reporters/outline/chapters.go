package outline

import "qorcheck/harness/run"

// Chapter is a chapter of the requirement list with its obligations.
type Chapter struct {
	Title       string
	Obligations []*run.Obligation
}

// Chapters lists the chapters that have obligations, in the document's order.
func Chapters(d *run.Document) []Chapter {
	var list []Chapter
	for _, c := range d.Chapters {
		one := Chapter{Title: c.Title}
		for i := range d.Obligations {
			if o := &d.Obligations[i]; o.Chapter == c.Name {
				one.Obligations = append(one.Obligations, o)
			}
		}
		if len(one.Obligations) > 0 {
			list = append(list, one)
		}
	}
	return list
}
