// Package reporters renders a finished run. Each report is a function of the
// document; what it shows is decided in outline, and how here.
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

// Options are the choices that readers have.
type Options struct {
	Strict bool       // JUnit within its schemas, without the extensions that CI systems read
	Cases  []TestCase // of JUnit, instead of one for each obligation
	Split  bool       // HTML with its styles and its script in files beside it
	Color  bool       // console
}

// format is one way to render a run: a pure function of its document.
type format struct {
	name  string
	files func(*run.Document, Options) []rundir.File
}

// formats lists the formats in the order in which they are written: the document
// first, so that a format which fails leaves at least that.
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

// Render returns the files of the named formats, in the order of the names. A file
// that cannot be made returns the error from its Write, after those before it were
// written.
func Render(d *run.Document, names []string, o Options) ([]rundir.File, error) {
	var list []rundir.File
	for _, name := range names {
		i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("format %q: must be one of %s", name, strings.Join(Formats(), ", "))
		}
		list = append(list, formats[i].files(d, o)...)
	}
	return list, nil
}
