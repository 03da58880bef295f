// Package outline decides what reports show of a finished run, in which order and
// with which counts. Each format renders it.
package outline

import "qorcheck/spec"

// Chapter is a chapter of the requirement list as readers know it.
type Chapter struct {
	Chapter spec.Chapter
	Title   string
}

// Chapters lists the chapters in the order in which they are shown.
func Chapters() []Chapter {
	return []Chapter{
		{spec.Statuses, "HTTP responses"},
		{spec.Outcomes, "Handle 200 responses"},
		{spec.Rejections, "Handle 4xx and 5xx responses"},
		{spec.Messages, "Messages"},
		{spec.Flows, "Flows"},
		{spec.Repeats, "Repeats"},
	}
}
