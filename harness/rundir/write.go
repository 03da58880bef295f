package rundir

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File is one file of a report. One without a name is meant for the console.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Write writes files into a folder and returns the names of those that it has
// written, up to the first error. A File without a name is not written.
func Write(dir string, files []File) ([]string, error) {
	var written []string
	for _, f := range files {
		if f.Name == "" {
			continue
		}
		name := filepath.Join(dir, f.Name)
		if folder := filepath.Dir(f.Name); folder != "." {
			if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
				return written, fmt.Errorf("report %s: %w", f.Name, err)
			}
		}
		if err := WriteFile(name, f.Write); err != nil {
			return written, fmt.Errorf("report %s: %w", f.Name, err)
		}
		written = append(written, f.Name)
	}
	return written, nil
}

// WriteFile renders into a temporary file beside the named one and renames it, so
// that the named file appears whole or not at all, for its owner alone. (Libraries for this either lack
// Windows or take the whole text in memory; a journal is longer than that.)
func WriteFile(name string, render func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
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
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
