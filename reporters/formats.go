package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"qorcheck/harness/run"
)

// File is one file of a report, or a text to print when it has no name.
type File struct {
	Name  string
	Write func(io.Writer) error
}

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
	files func(*run.Document, Options) ([]File, error)
}

// formats in the order in which they are written. The document is the first: what
// cannot be written leaves at least it.
var formats = []format{
	{"json", single(DocumentFile, JSON)},
	{"junit", junitFiles},
	{"html", htmlFiles},
	{"markdown", single(SummaryFile, Markdown)},
	{"console", func(d *run.Document, o Options) ([]File, error) {
		return []File{{Write: func(w io.Writer) error { return Console(w, d, o.Color) }}}, nil
	}},
}

func single(name string, render func(io.Writer, *run.Document) error) func(*run.Document, Options) ([]File, error) {
	return func(d *run.Document, _ Options) ([]File, error) {
		return []File{{name, func(w io.Writer) error { return render(w, d) }}}, nil
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

// Render returns the files of the named formats, in the order of the names.
func Render(d *run.Document, names []string, o Options) ([]File, error) {
	var list []File
	for _, name := range names {
		i := slices.IndexFunc(formats, func(f format) bool { return f.name == name })
		if i < 0 {
			return nil, fmt.Errorf("format %q: allowed are %s", name, strings.Join(Formats(), ", "))
		}
		files, err := formats[i].files(d, o)
		if err != nil {
			return nil, fmt.Errorf("report %s: %w", name, err)
		}
		list = append(list, files...)
	}
	return list, nil
}
