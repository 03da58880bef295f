package reporters

import (
	"io"
	"strings"
)

// Printed renders into memory, so that a text is printed as a whole or not at all.
func Printed(w io.Writer, render func(io.Writer) error) error {
	var b strings.Builder
	if err := render(&b); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}
