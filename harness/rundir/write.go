package rundir

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// File is one file of a report. One without a name is meant for the console.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Write writes files into a folder and returns the names of those that it has
// written, up to the first error. A File without a name is not written. They are
// rendered at the same time.
func Write(dir string, files []File) ([]string, error) {
	files = slices.DeleteFunc(slices.Clone(files), func(f File) bool { return f.Name == "" })
	drafts, faults := make([]string, len(files)), make([]error, len(files))
	var rendering sync.WaitGroup
	for i, f := range files {
		rendering.Go(func() {
			if folder := filepath.Dir(f.Name); folder != "." {
				faults[i] = os.MkdirAll(filepath.Join(dir, folder), 0o700)
			}
			if faults[i] == nil {
				drafts[i], faults[i] = draft(filepath.Join(dir, f.Name), f.Write)
			}
		})
	}
	rendering.Wait()
	var written []string
	var err error
	for i, f := range files {
		switch {
		case err == nil && faults[i] == nil:
			if faults[i] = publish(drafts[i], filepath.Join(dir, f.Name)); faults[i] == nil {
				written = append(written, f.Name)
			}
		case faults[i] == nil:
			err = errors.Join(err, os.Remove(drafts[i]))
		}
		if err == nil && faults[i] != nil {
			err = fmt.Errorf("report %s: %w", f.Name, faults[i])
		}
	}
	return written, err
}

// WriteFile renders into a temporary file beside the named one and renames it, so
// that the named file appears whole or not at all, for its owner alone. (Libraries for this either lack
// Windows or take the whole text in memory; a journal is longer than that.)
func WriteFile(name string, render func(io.Writer) error) error {
	made, err := draft(name, render)
	if err != nil {
		return err
	}
	return publish(made, name)
}

// publish gives a draft its name, or removes it.
func publish(draft, name string) error {
	err := os.Rename(draft, name)
	if err != nil {
		err = errors.Join(err, os.Remove(draft))
	}
	return err
}

// draft renders into a temporary file beside the named one, and returns its name.
func draft(name string, render func(io.Writer) error) (made string, err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	buffered := bufio.NewWriter(f)
	err = render(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	return f.Name(), errors.Join(err, f.Close())
}
