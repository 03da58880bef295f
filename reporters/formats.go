// Package reporters renders a finished run. Each report is a function of the
// document; nothing is decided here.
package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/reporters/html"
)

// Options say how a report is rendered where readers may choose.
type Options struct {
	Strict bool       // JUnit as schemas demand it, without what CI systems read beyond
	Cases  []TestCase // JUnit has these, not one for each obligation
	Split  bool       // HTML has its styles and its script in files beside it
	Color  bool       // console
}

// format is one way to render a run: a pure function of its document.
type format struct {
	name  string
	files func(*run.Document, Options) []rundir.File
}

// formats in the order in which they are written. The document is the first: what
// cannot be written leaves at least it.
var formats = []format{
	{"json", single(rundir.DocumentFile, JSON)},
	{"junit", junitFiles},
	{"html", func(d *run.Document, o Options) []rundir.File { return html.Files(d, o.Split) }},
	{"markdown", single(rundir.SummaryFile, Markdown)},
	{"console", func(d *run.Document, o Options) []rundir.File {
		return []rundir.File{{Write: func(w io.Writer) error { return Console(w, d, o.Color) }}}
	}},
}

func single(name string, render func(io.Writer, *run.Document) error) func(*run.Document, Options) []rundir.File {
	return func(d *run.Document, _ Options) []rundir.File {
		return []rundir.File{{Name: name, Write: func(w io.Writer) error { return render(w, d) }}}
	}
}

// Formats lists the names of all formats.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Render returns the files of the named formats, in the order of the names. What
// keeps one from being made is returned by its Write, so that those before it are written.
func Render(d *run.Document, names []string, o Options) ([]rundir.File, error) {
	var list []rundir.File
	for _, name := range names {
		i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("format %q: allowed are %s", name, strings.Join(Formats(), ", "))
		}
		list = append(list, formats[i].files(d, o)...)
	}
	return list, nil
}
