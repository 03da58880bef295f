package redact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SelfCheck looks once more through the finished files of a run for what no report
// may hold. Reports are made of redacted texts alone: this second look shares nothing
// with the first but the knowledge of what a secret is, and is a safety net against
// faults of our own. What it finds it masks in the file, which stays readable otherwise:
// a target that knows how to slip something past the first look must not make its own
// report vanish. The error names the file and the kind of secret, not its value.
func (r *Redactor) SelfCheck(dir string, names []string) error {
	var faults []error
	for _, name := range names {
		file := filepath.Join(dir, name)
		found, err := r.leakIn(file)
		if err == nil && found != "" {
			faults = append(faults, fmt.Errorf("self-check: %s held %s, which was masked", name, found))
			err = r.maskIn(file)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("self-check of %s: %w", name, err))
		}
	}
	return errors.Join(faults...)
}

// leakIn returns what the first line of a file holds that holds a secret, "" for none.
func (r *Redactor) leakIn(file string) (found string, err error) {
	err = eachLine(file, func(line string) error {
		if found == "" {
			found = r.Leaks(line)
		}
		return nil
	})
	return found, err
}

// maskIn masks what a file holds of secrets, line by line. A file that cannot be written
// anew is deleted.
func (r *Redactor) maskIn(file string) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file))
		}
	}()
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	masked, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	to := bufio.NewWriter(masked)
	err = eachLine(file, func(line string) error {
		_, err := to.WriteString(r.masked(line))
		return err
	})
	if err = errors.Join(err, to.Flush(), masked.Chmod(info.Mode().Perm()), masked.Close()); err == nil {
		err = os.Rename(masked.Name(), file)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(masked.Name()))
	}
	return err
}

// masked returns a line without what Leaks finds in it: the whole line goes where masking
// the secrets in it leaves one.
func (r *Redactor) masked(line string) string {
	if r.Leaks(line) == "" {
		return line
	}
	if hidden := r.hideKnown(line); r.Leaks(hidden) == "" {
		return hidden
	}
	return Mark + "\n"
}

// eachLine calls a function with each line of a file, line break included.
func eachLine(file string, call func(line string) error) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			if err := call(line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Guard passes on what is written to it, but no text that holds a secret: the safety
// net of what is printed, as SelfCheck is that of files. It looks at each piece by
// itself, and a cut makes a card number of a longer one or hides a key: a text of more
// than one line must be written as a whole.
type Guard struct {
	W        io.Writer
	Redactor *Redactor
	Err      error // the first refusal
}

// Write refuses a text as a whole.
func (g *Guard) Write(text []byte) (int, error) {
	if found := g.Redactor.Leaks(string(text)); found != "" {
		err := fmt.Errorf("self-check: %s was about to be printed", found)
		if g.Err == nil {
			g.Err = err
		}
		return 0, err
	}
	return g.W.Write(text)
}
