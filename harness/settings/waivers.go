package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
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
	Link       string `yaml:"link"`  // to the issue, "" for none
	Until      string `yaml:"until"` // its last day, as 2030-12-31
}

// LoadWaivers reads a file of waivers.
func LoadWaivers(file string) (*Waivers, error) {
	data, err := spec.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return ParseWaivers(data, file)
}

// ParseWaivers reads waivers from bytes; name stands for them in errors. Unknown
// keys, missing ones, duplicates and what is no date are errors.
func ParseWaivers(data []byte, name string) (*Waivers, error) {
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
		if err := one.check(); err != nil {
			return nil, fmt.Errorf("%s: waiver of %s: %w", name, one.Obligation, err)
		}
	}
	sum := sha256.Sum256(data)
	w.Digest = "sha256:" + hex.EncodeToString(sum[:])
	return w, nil
}

func (w Waiver) check() error {
	for _, field := range [][2]string{{"reason", w.Reason}, {"owner", w.Owner}, {"until", w.Until}} {
		if strings.TrimSpace(field[1]) == "" {
			return fmt.Errorf("%s: must be given", field[0])
		}
	}
	if u, err := url.Parse(w.Link); w.Link != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("link: %q: must be an http or https URL", w.Link)
	}
	if _, err := LastDay(w.Until); err != nil {
		return fmt.Errorf("until: %w", err)
	}
	return nil
}

// LastDay reads the last day of a waiver.
func LastDay(until string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return day, fmt.Errorf("%q: must be a date, as 2030-12-31", until)
	}
	return day, nil
}

// DaysLeft counts the days from today to the last day of a waiver, 0 on that day, less when
// it has ended.
func DaysLeft(until string, today time.Time) (int, error) {
	day, err := LastDay(until)
	return int(day.Sub(today.UTC().Truncate(24*time.Hour)).Hours()) / 24, err
}
