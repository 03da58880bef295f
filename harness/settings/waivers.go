package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"qorcheck/spec"
)

// Waivers are accepted failures: one YAML file, with owner, reason and end date of each.
type Waivers struct {
	File   string `yaml:"-"`
	Digest string `yaml:"-"` // sha256 of the file's bytes, "sha256:…"

	List []Waiver `yaml:"waivers"`
}

// Waiver accepts that one obligation fails.
type Waiver struct {
	Obligation string `yaml:"obligation"`
	Reason     string `yaml:"reason"`
	Owner      string `yaml:"owner"`
	Link       string `yaml:"link"`  // to the issue
	Until      string `yaml:"until"` // its last day, as 2030-12-31
}

// LoadWaivers reads a file of waivers; one that has ended by today is an error.
func LoadWaivers(file string, today time.Time) (*Waivers, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return ParseWaivers(data, file, today)
}

// ParseWaivers reads waivers from bytes; name stands for them in errors. Unknown
// keys, missing ones, duplicates and dates that have passed are errors.
func ParseWaivers(data []byte, name string, today time.Time) (*Waivers, error) {
	w := &Waivers{File: filepath.Base(name)}
	if err := spec.DecodeYAML(data, w); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	seen := map[string]bool{}
	for i, one := range w.List {
		if one.Obligation == "" {
			return nil, fmt.Errorf("%s: waivers[%d]: obligation: must be given", name, i)
		}
		if seen[one.Obligation] {
			return nil, fmt.Errorf("%s: %s is waived twice", name, one.Obligation)
		}
		seen[one.Obligation] = true
		if err := one.check(today); err != nil {
			return nil, fmt.Errorf("%s: waiver of %s: %w", name, one.Obligation, err)
		}
	}
	sum := sha256.Sum256(data)
	w.Digest = "sha256:" + hex.EncodeToString(sum[:])
	return w, nil
}

func (w Waiver) check(today time.Time) error {
	for _, field := range [][2]string{{"reason", w.Reason}, {"owner", w.Owner}, {"link", w.Link}, {"until", w.Until}} {
		if strings.TrimSpace(field[1]) == "" {
			return fmt.Errorf("%s: must be given", field[0])
		}
	}
	if u, err := url.Parse(w.Link); err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("link: %q: must be an http or https URL", w.Link)
	}
	until, err := time.Parse(time.DateOnly, w.Until)
	if err != nil {
		return fmt.Errorf("until: %q: must be a date, as 2030-12-31", w.Until)
	}
	if day := today.UTC().Truncate(24 * time.Hour); until.Before(day) {
		return fmt.Errorf("until: the waiver ended on %s: repair what it waives, or agree on another date with %s", w.Until, w.Owner)
	}
	return nil
}
